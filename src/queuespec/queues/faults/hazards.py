"""Queues that are wrong about the documented hazards."""

import os
import threading
from multiprocessing import queues, util
from queue import Empty

from queuespec.queues.declare import EVERYTHING, fault
from queuespec.queues.parts import Asking, Dropping


@fault(breaks={"hazard.circular-wait": "was still running after"})
class TimeoutsNeverEnd:
    """put() and get() wait forever, whatever their timeout is."""

    class Queue(Asking):
        def asked(self, block, timeout):
            return block, None


@fault(
    breaks={
        "hazard.kill-blocked-reader": "should have raised Empty, but it returned 'out of reach'",
        "hazard.stopped-reader": "should have raised Empty, but it returned 'first come'",
    }
)
class ReadersWaitWithoutLock:
    """get() takes the readers' lock only once an item is there: safer than the specification demands."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            if block and not self._poll(timeout):
                raise Empty
            return super().get(block, timeout)


@fault(breaks={"hazard.kill-writer-midway": "did not block: it raised Empty"}, not_on=("win32",))
class TimedGetGivesUpAtOnce:
    """get() with a timeout raises Empty immediately."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            if timeout is not None:
                raise Empty
            return super().get(block)


@fault(
    breaks={"hazard.kill-writer-locks-producers": "join_thread() did not block: it returned None"}, not_on=("win32",)
)
class WritersShareNoLock:
    """Each process has a write lock of its own, so what several producers write may be mixed."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(maxsize, ctx=ctx)
            self._wlock = threading.Lock()


@fault(
    breaks={"hazard.abandoned-get": "should have printed 'in the queue: nothing', but it ended"}, collateral=EVERYTHING
)
class OnlyTheMainThreadGets:
    """get() in any other thread returns None immediately."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            if threading.current_thread() is threading.main_thread():
                return super().get(block, timeout)
            return None


@fault(
    breaks={"hazard.bare-fork": "should have returned ['after'], but it returned ['lost', 'after']"}, not_on=("win32",)
)
class AnyForkStartsAFeeder:
    """A queue that was forked without Process starts a feeder thread of its own."""

    class Queue(queues.Queue):
        def put(self, obj, block=True, timeout=None):
            if self._thread is not None and not self._thread.is_alive():
                self._reset(after_fork=True)
            super().put(obj, block, timeout)


@fault(breaks={"share.bare-fork": "get() was still running after"}, not_on=("win32",))
class OnlyProcessesPut:
    """What is put in a process that `Process` has not started is dropped."""

    class Queue(Dropping):
        def _reset(self, after_fork=False):
            super()._reset(after_fork)
            self._pid = os.getpid()

        def accepts(self, item):
            return os.getpid() == self._pid


@fault(breaks={"hazard.daemon-terminated": "was still running after"})
class DaemonsAreJoined:
    """A daemonic child is not terminated: the main program waits for it."""

    @staticmethod
    def process(context, **kwargs):
        return context.Process(**{**kwargs, "daemon": False})


@fault(
    breaks={"hazard.put-in-signal-handler": "put_among_its_own_puts('item', 'from the handler') did not block"},
    not_on=("win32",),
)
class PutsMayInterruptEachOther:
    """put() holds only locks that its own thread can acquire again."""

    class Queue(queues.Queue):
        def _reset(self, after_fork=False):
            super()._reset()
            self._notempty = threading.Condition(threading.RLock())

    class SimpleQueue(queues.SimpleQueue):
        def __init__(self, *, ctx):
            super().__init__(ctx=ctx)
            self._wlock = ctx.RLock()


@fault(breaks={"hazard.log-to-own-queue": "did not block: it returned None"})
class FeederStartsWithoutLock:
    """put() starts the feeder thread, and logs that, before it acquires the lock."""

    class Queue(queues.Queue):
        def put(self, obj, block=True, timeout=None):
            if self._thread is None and not vars(self).get("_starting"):
                self._starting = True
                self._start_thread()
            super().put(obj, block, timeout)

        def _start_thread(self):
            if self._thread is None:
                self._thread = threading.current_thread()  # what is put meanwhile starts no other one
                super()._start_thread()


@fault(breaks={"hazard.connection-of-ended-producer": "should have raised OSError, but it returned None"})
class LostConnectionsAreNone:
    """get() returns None in place of a connection that has been lost."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            try:
                return super().get(block, timeout)
            except OSError:
                return None


def end_in_a_thread(buffer, notempty):
    """Tells a feeder thread to end, from another thread than the one that runs this, if one can be started."""
    ending = threading.Thread(target=queues.Queue._finalize_close, args=(buffer, notempty), daemon=True)
    try:
        ending.start()
    except RuntimeError:
        ending.run()


@fault(
    breaks={"hazard.collected-by-its-feeder": "should have printed 'the feeder thread waits for itself', but it ended"}
)
class QueuesEndInAnotherThread:
    """What a queue does when it is garbage collected is done in a thread that is started for it."""

    class Queue(queues.Queue):
        def _start_thread(self):
            super()._start_thread()
            self._close.cancel()
            self._close = util.Finalize(self, end_in_a_thread, [self._buffer, self._notempty], exitpriority=10)
