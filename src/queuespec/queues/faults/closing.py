"""Queues that are wrong about close(), join_thread() and cancel_join_thread()."""

import contextlib
import os
import threading
from multiprocessing import queues
from queue import Empty, Full

from queuespec.queues.declare import fault
from queuespec.queues.parts import Dropping


@fault(breaks={"close.no-more-puts": "should have raised ValueError, but it returned None"})
class ClosedQueueAcceptsItems:
    """put() on a closed queue drops the item instead of raising."""

    class Queue(Dropping):
        def accepts(self, item):
            return not self._closed


@fault(
    breaks={
        "close.no-more-puts": "should have raised ValueError, but it raised Full",
        "close.no-more-gets": "should have raised ValueError, but it raised Empty",
    }
)
class ClosedQueueLooksFullOrEmpty:
    """put() and get() of a closed queue raise Full and Empty instead of ValueError."""

    class Queue(queues.Queue):
        def put(self, obj, block=True, timeout=None):
            if self._closed:
                raise Full
            super().put(obj, block, timeout)

        def get(self, block=True, timeout=None):
            if self._closed:
                raise Empty
            return super().get(block, timeout)


@fault(breaks={"close.idempotent": "should have returned, but it raised ValueError"})
class SecondCloseFails:
    """Closing a queue for the second time raises ValueError."""

    class Queue(queues.Queue):
        def close(self):
            if self._closed:
                raise ValueError("closed already")
            super().close()

    class SimpleQueue(queues.SimpleQueue):
        def close(self):
            if self._reader.closed:
                raise ValueError("closed already")
            super().close()


@fault(breaks={"close.flushes": "should have returned ['first', 'item 00'"})
class CloseDropsTheBuffer:
    """close() drops items that are not in the pipe yet."""

    class Queue(queues.Queue):
        def close(self):
            self._buffer.clear()
            super().close()


@fault(breaks={"close.is-silent": "BrokenPipeError"})
class CloseBreaksThePipe:
    """close() closes the reading end immediately, so unsent items end in a printed BrokenPipeError."""

    class Queue(queues.Queue):
        def close(self):
            super().close()
            self._reader.close()


@fault(breaks={"close.feeder-ends": "threads_left() should have returned []"}, collateral=("jt.after-close-waits",))
class CloseLeavesItsThread:
    """close() does not end the feeder thread, and join_thread() does not wait for it."""

    class Queue(queues.Queue):
        def close(self):
            self._closed = True

        def join_thread(self):
            pass


@fault(breaks={"close.does-not-wait": "was still running after"}, collateral=("jt.after-close-waits",))
class CloseWaitsForTheFlush:
    """close() waits until all items are flushed."""

    class Queue(queues.Queue):
        def close(self):
            super().close()
            self.join_thread()


@fault(breaks={"close.closes-once": "closed by somebody else"}, start_methods=("fork",))
class ClosesWhatIsNotItsOwnAnyMore:
    """A closed queue closes its file descriptors again when garbage collected, even if they have been reused."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(maxsize, ctx=ctx)
            self._numbers = (self._reader.fileno(), self._writer.fileno())

        def __del__(self):
            for number in self._numbers if self._closed else ():
                with contextlib.suppress(OSError):
                    os.close(number)


never_freed: list = []


@fault(
    breaks={
        "close.gc-closes": "was still running after",
        "resources.descriptors": "descriptors remain of 20 queues",
        "resources.threads": "threads remain of 20 queues",
        "resources.semaphores": "semaphores remain of 20 queues",
    }
)
class QueuesAreNeverFreed:
    """A queue that is no longer used stays in memory, with everything it holds."""

    class Queue(queues.Queue):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            never_freed.append(self)


@fault(breaks={"close.gc-is-silent": "AttributeError"}, conforms=("resources.descriptors", "resources.semaphore-names"))
class ComplainsWhenCollected:
    """Garbage collecting a queue prints an error."""

    class Queue(queues.Queue):
        def __del__(self):
            raise AttributeError("join")


@fault(breaks={"close.gc-is-silent": "BrokenPipeError"})
class TheCollectorBreaksThePipe:
    """Garbage collecting a queue closes the reading end, so unsent items end in a BrokenPipeError."""

    class Queue(queues.Queue):
        def __del__(self):
            self._reader.close()


@fault(breaks={"close.blocked-put-not-woken": "did not block: it returned"})
class CloseWakesWaitingPuts:
    """close() wakes a put() that waits in another thread, although there is no room."""

    class Queue(queues.Queue):
        def close(self):
            super().close()
            if self.full():
                self._sem.release()


@fault(
    breaks={
        "jt.after-close-waits": "join_thread() did not block: it returned None",
        "jt.blocks-until-drained": "get_size() was still running after",
        "jt.requires-close": "join_thread() should have raised Exception, but it returned None",
    }
)
class JoinThreadReturnsAtOnce:
    """join_thread() waits for nothing."""

    class Queue(queues.Queue):
        def join_thread(self):
            pass


@fault(breaks={"jt.unused-returns": "join_thread() was still running after"})
class JoinThreadOfUnusedQueueHangs:
    """join_thread() hangs if no feeder thread was ever started."""

    class Queue(queues.Queue):
        def join_thread(self):
            if self._thread is None:
                threading.Event().wait()
            super().join_thread()


@fault(
    breaks={
        "cancel.join-thread-noop": "join_thread() was still running after",
        "cancel.exit-of-main": "was still running after",
        "cancel.exit-without-flush": "the process of child had not ended",
    }
)
class CancelJoinThreadIsIgnored:
    """cancel_join_thread() has no effect."""

    class Queue(queues.Queue):
        def cancel_join_thread(self):
            pass


@fault(breaks={"cancel.before-first-put": "the process of child had not ended"})
class CancelBeforeTheFirstPutIsForgotten:
    """cancel_join_thread() has no effect before the first put()."""

    class Queue(queues.Queue):
        def cancel_join_thread(self):
            if self._thread is not None:
                super().cancel_join_thread()


@fault(
    breaks={"cancel.own-process-only": "the process of child should have gone on, but it ended with exit code 0"},
    start_methods=("fork",),
)
class CancelIsInherited:
    """cancel_join_thread() also applies to all children that are forked afterward."""

    class Queue(queues.Queue):
        def _reset(self, after_fork=False):
            cancelled = after_fork and self._joincancelled
            super()._reset(after_fork)
            self._joincancelled = cancelled
