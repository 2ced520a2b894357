"""Queues that are wrong about put() and its timeouts."""

import threading
import time
from multiprocessing import queues
from queue import Full

from queuespec.queues.better import FlushesInPut
from queuespec.queues.declare import fault
from queuespec.queues.parts import Asking, Dropping, OtherExceptions


@fault(
    breaks={
        "put.none-and-any-object": "should have returned None, but it returned 'after'",
        "pattern.producer-consumer": "was still running after",
        "pattern.one-sentinel-per-consumer": "was still running after",
    },
    collateral=("item.none-falsy",),
)
class NoneDropped:
    """put(None) puts nothing."""

    class Queue(Dropping):
        def accepts(self, item):
            return item is not None


@fault(breaks={"put.returns-none": "should have returned None, but it returned 'item'"})
class PutReturnsTheItem:
    """put() returns the item instead of None."""

    class Queue(queues.Queue):
        def put(self, obj, block=True, timeout=None):
            super().put(obj, block, timeout)
            return obj


@fault(breaks={"put.missing-argument": "should have raised TypeError, but it returned None"})
class PutWithoutAnItemPutsNone:
    """put() without an item puts None."""

    class Queue(queues.Queue):
        def put(self, obj=None, block=True, timeout=None):
            super().put(obj, block, timeout)


@fault(
    breaks={"put.room-never-blocks": "was still running after"},
    collateral=(
        "put.nonblocking-raises-full",
        "cap.freed-by-get",
        "order.fifo-in-process",
        "item.none-falsy",
        "deliver.child-to-child",
        "exit.child-flushes",
    ),
    start_methods=("fork",),
)
class PutWaitsForAGet:
    """put() returns only after its item has been taken."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(maxsize, ctx=ctx)
            self._taken = ctx.Semaphore(0)

        def put(self, obj, block=True, timeout=None):
            super().put(obj, block, timeout)
            self._taken.acquire()

        def get(self, block=True, timeout=None):
            item = super().get(block, timeout)
            self._taken.release()
            return item


@fault(
    breaks={
        "put.returns-before-flush": "was still running",
        "order.cross-producer-free": "was still running",
        "order.none-between-queues": "was still running",
        "order.signal-after-put-proves-nothing": "was still running",
        "pattern.sentinel-after-all-producers": "was still running",
        "look.empty-unreliable": "was still running",
        "look.empty-not-for-control-flow": "was still running",
    },
)
class PutWaitsForItsItem:
    """put() returns only once its item is in the pipe, no matter how long that takes."""

    class Queue(FlushesInPut.Queue):
        def _has_room(self):
            return True


@fault(breaks={"put.one-feeder-for-all-threads": "count_threads() should have returned at most"})
class ThreadsStartOneThreadEach:
    """When several threads put for the first time together, each starts a feeder thread."""

    class Queue(queues.Queue):
        def _reset(self, after_fork=False):
            super()._reset(after_fork)
            self._beginners = 0
            self._ended = threading.Event()

        def put(self, obj, block=True, timeout=None):
            if self._thread is None:
                self._beginners += 1
                time.sleep(0.2)
            super().put(obj, block, timeout)
            if self._beginners > 1:
                threading.Thread(target=self._ended.wait, daemon=True).start()

        def close(self):
            super().close()
            self._ended.set()


@fault(
    breaks={
        "put.blocks-when-full": "did not block: it raised Full",
        "put.timeout-none-is-forever": "did not block: it raised Full",
        "cap.blocked-put-wakes-across": "did not block: it raised Full",
        "get.blocks-when-empty": "did not block: it raised Empty",
        "get.timeout-none-is-forever": "did not block: it raised Empty",
    },
    collateral=("cap.freed-by-get", "deliver.child-to-child"),
)
class NeverWaits:
    """put() and get() never wait, unless they are given a timeout."""

    class Queue(Asking):
        def asked(self, block, timeout):
            return block and timeout is not None, timeout


@fault(
    breaks={
        "put.timeout-none-is-forever": "did not block: it raised Full",
        "get.timeout-none-is-forever": "did not block: it raised Empty",
    }
)
class ArgumentsSwapped:
    """put() and get() take the timeout first and block second."""

    class Queue(queues.Queue):
        def put(self, obj, timeout=None, block=True):
            super().put(obj, bool(block), timeout)

        def get(self, timeout=None, block=True):
            return super().get(bool(block), timeout)


@fault(
    breaks={
        "put.timeout-raises-full": "should have raised Full, but it returned",
        "put.timeout-int-or-float": "should have raised Full, but it returned",
        "put.signature": "should have raised Full, but it returned",
        "put.nonblocking-raises-full": "should have raised Full, but it returned",
        "put.nowait-equivalent": "should have raised Full, but it returned",
        "put.timeout-ignored-nonblocking": "should have raised Full, but it returned",
        "put.timeout-zero": "should have raised Full, but it returned",
        "put.timeout-negative": "should have raised Full, but it returned",
        "put.failed-put-adds-nothing": "should have raised Full, but it returned",
        "cap.counts-unflushed": "should have raised Full, but it returned",
        "cap.shared-across-processes": "should have raised Full, but it returned",
        "cap.freed-by-get": "should have raised Full, but it returned",
        "cap.exact": "should have returned 1, but it returned 2",
    }
)
class FalseForFull:
    """put() returns False and drops the item where it should raise Full."""

    class Queue(queues.Queue):
        def put(self, obj, block=True, timeout=None):
            try:
                super().put(obj, block, timeout)
            except Full:
                return False


@fault(
    breaks={
        "put.timeout-raises-full": "should have raised Full, but it raised Full",
        "put.nonblocking-raises-full": "should have raised Full, but it raised Full",
        "put.nowait-equivalent": "should have raised Full, but it raised Full",
        "get.timeout-raises-empty": "should have raised Empty, but it raised Empty",
        "get.nonblocking-raises-empty": "should have raised Empty, but it raised Empty",
        "get.nowait-equivalent": "should have raised Empty, but it raised Empty",
    },
    collateral=("cap.freed-by-get", "exit.child-flushes"),
)
class LookAlikeExceptions:
    """put() and get() raise classes named Full and Empty that are not those of the queue module."""

    class Queue(OtherExceptions):
        class Full(Exception):
            pass

        class Empty(Exception):
            pass


@fault(
    breaks={
        "put.timeout-raises-full": "should have raised Full, but it raised TimeoutError",
        "get.timeout-raises-empty": "should have raised Empty, but it raised TimeoutError",
    },
    collateral=(
        "put.nonblocking-raises-full",
        "get.nonblocking-raises-empty",
        "cap.freed-by-get",
        "exit.child-flushes",
    ),
)
class TimeoutErrors:
    """put() and get() raise TimeoutError instead of Full and Empty."""

    class Queue(OtherExceptions):
        Full = Empty = TimeoutError


@fault(
    breaks={
        "put.timeout-raises-full": "was still running after",
        "get.timeout-raises-empty": "was still running after",
        "get.timeout-prevents-freeze": "the program alone had not printed",
    }
)
class TimeoutsIgnored:
    """put() and get() ignore their timeout and wait forever."""

    class Queue(Asking):
        def asked(self, block, timeout):
            return block, None


@fault(
    breaks={
        "put.timeout-raises-full": "should have waited 0.2 s, but it raised Full",
        "put.timeout-succeeds-if-freed": "did not block: it raised Full",
        "get.timeout-raises-empty": "should have waited 0.2 s, but it raised Empty",
        "get.timeout-returns-early": "did not block: it raised Empty",
    }
)
class TimeoutsOverAtOnce:
    """put() and get() with a timeout do not wait at all."""

    class Queue(Asking):
        def asked(self, block, timeout):
            return block and timeout is None, None


@fault(breaks={"put.timeout-kept": "overruns('put'", "get.timeout-kept": "overruns('get'"})
class TimeoutsDoubled:
    """put() and get() wait twice as long as their timeout."""

    class Queue(Asking):
        def asked(self, block, timeout):
            return block, timeout and 2 * timeout


@fault(
    breaks={
        "put.timeout-succeeds-if-freed": "was still running after",
        "get.timeout-returns-early": "was still running after",
    }
)
class TimeoutsSleptInFull:
    """put() and get() sleep for their whole timeout before they look for room or an item."""

    class Queue(Asking):
        def asked(self, block, timeout):
            time.sleep(timeout or 0)
            return block, timeout


@fault(
    breaks={
        "put.timeout-int-or-float": "should have waited 0.2 s",
        "put.signature": "should have waited 0.1 s",
        "get.signature": "should have waited 0.1 s",
    }
)
class TimeoutsInWholeSeconds:
    """Timeouts are truncated to whole seconds, so half a second is none."""

    class Queue(Asking):
        def asked(self, block, timeout):
            return block, timeout if timeout is None else int(timeout)


@fault(breaks={"put.signature": "TypeError", "get.signature": "TypeError"})
class KeywordsRefused:
    """put() and get() accept positional arguments only."""

    class Queue(queues.Queue):
        def put(self, obj, block=True, timeout=None, /):
            super().put(obj, block, timeout)

        def get(self, block=True, timeout=None, /):
            return super().get(block, timeout)


@fault(
    breaks={
        "put.defaults": "defaults_of('put') should have returned",
        "get.defaults": "defaults_of('get') should have returned",
    }
)
class WaitsForAMinute:
    """put() and get() wait for one minute by default, not forever."""

    class Queue(queues.Queue):
        def put(self, obj, block=True, timeout=60):
            super().put(obj, block, timeout)

        def get(self, block=True, timeout=60):
            return super().get(block, timeout)


@fault(
    breaks={
        "put.nonblocking-raises-full": "was still running after",
        "get.nonblocking-raises-empty": "was still running after",
    },
    collateral=("cap.freed-by-get", "exit.child-flushes"),
)
class AlwaysWaits:
    """put() and get() always wait, even with block=False."""

    class Queue(Asking):
        def asked(self, block, timeout):
            return True, timeout


@fault(
    breaks={"put.nowait-equivalent": "was still running after", "get.nowait-equivalent": "was still running after"},
    collateral=("cap.freed-by-get", "exit.child-flushes"),
)
class NowaitWaits:
    """put_nowait() and get_nowait() wait."""

    class Queue(queues.Queue):
        def put_nowait(self, obj):
            self.put(obj)

        def get_nowait(self):
            return self.get()


@fault(
    breaks={
        "put.timeout-ignored-nonblocking": "was still running after",
        "get.timeout-ignored-nonblocking": "was still running after",
    }
)
class ATimeoutOverrulesBlock:
    """put() and get() with block=False wait if they are given a timeout."""

    class Queue(Asking):
        def asked(self, block, timeout):
            return block or timeout is not None, timeout


@fault(
    breaks={
        "put.timeout-zero": "was still running after",
        "put.timeout-negative": "was still running after",
        "get.timeout-zero": "was still running after",
        "get.timeout-negative": "was still running after",
    }
)
class NoTimeLeftIsForEver:
    """put() and get() wait forever if the timeout is zero or negative."""

    class Queue(Asking):
        def asked(self, block, timeout):
            return block, None if timeout is not None and timeout <= 0 else timeout


@fault(breaks={"put.failed-put-adds-nothing": "should have returned 'third', but it returned 'second'"})
class AFailedPutAddsItsItem:
    """A put() that raises Full adds its item all the same."""

    class Queue(queues.Queue):
        def put(self, obj, block=True, timeout=None):
            try:
                super().put(obj, block, timeout)
            except Full:
                with self._notempty:
                    self._buffer.append(obj)
                    self._notempty.notify()
                raise


@fault(
    breaks={
        "joinable.failed-put-not-counted": "join() was still running",
    }
)
class AFailedPutAddsATask:
    """A put() that raises Full leaves an unfinished task behind."""

    class JoinableQueue(queues.JoinableQueue):
        def put(self, obj, block=True, timeout=None):
            try:
                super().put(obj, block, timeout)
            except Full:
                self._unfinished_tasks.release()
                raise


@fault(
    breaks={"put.interruptible": "was still running after", "get.interruptible": "was still running after"},
    not_on=("win32",),
)
class InterruptsSwallowed:
    """Ctrl-C does not end a waiting put() or get()."""

    class Queue(queues.Queue):
        def put(self, obj, block=True, timeout=None):
            try:
                super().put(obj, block, timeout)
            except KeyboardInterrupt:
                self.put(obj, block, timeout)

        def get(self, block=True, timeout=None):
            try:
                return super().get(block, timeout)
            except KeyboardInterrupt:
                return self.get(block, timeout)


@fault(breaks={"put.without-threads": "was still running after"}, pretends={"python": (3, 13, 0)})
class AThreadIsStartedOnce:
    """If the feeder thread cannot be started the first time, nothing is ever sent."""

    class Queue(queues.Queue):
        def _start_thread(self):
            try:
                super()._start_thread()
            except RuntimeError:
                self._thread = threading.Thread()
                raise
