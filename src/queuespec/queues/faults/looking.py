"""Queues that are wrong about empty(), full() and qsize()."""

import os
from multiprocessing import queues
from queue import Empty

from queuespec.queues.declare import fault


@fault(
    breaks={
        "look.fresh-queue-is-empty": "empty() should have returned True, but it returned False",
        "look.empty-true-when-drained": "empty() should have returned True, but it returned False",
    }
)
class NeverEmpty:
    """empty() always returns False."""

    class Queue(queues.Queue):
        def empty(self):
            return False

    class SimpleQueue(queues.SimpleQueue):
        def empty(self):
            return False


@fault(
    breaks={
        "look.empty-false-when-item": "empty() should have returned False, but it returned True",
        "look.empty-false-after-flush": "empty() should have returned False, but it returned True",
        "simple.close": "empty() should have raised OSError, but it returned True",
    }
)
class AlwaysEmpty:
    """empty() always returns True, even for a closed queue."""

    class Queue(queues.Queue):
        def empty(self):
            return True

    class SimpleQueue(queues.SimpleQueue):
        def empty(self):
            return True


@fault(
    breaks={
        "look.empty-anywhere": "empty() should have returned False, but it returned True",
        "look.full-anywhere": "full() should have returned True, but it returned False",
        "look.qsize-anywhere": "qsize() should have returned 3, but it returned 0",
    }
)
class ChildrenSeeAnEmptyQueue:
    """In every process but its creator, the queue looks empty and never full."""

    class Queue(queues.Queue):
        def empty(self):
            return self._opid != os.getpid() or super().empty()

        def full(self):
            return self._opid == os.getpid() and super().full()

        def qsize(self):
            return super().qsize() if self._opid == os.getpid() else 0


@fault(breaks={"look.empty-closed": "empty_or_error() should have returned, but it raised ValueError"})
class EmptyOnClosedRaisesValueError:
    """empty() of a closed queue raises ValueError."""

    class Queue(queues.Queue):
        def empty(self):
            if self._closed:
                raise ValueError("closed")
            return super().empty()


@fault(breaks={"look.full-unbounded-false": "full() should have returned False, but it returned True"})
class FullWithoutLimit:
    """A queue without a limit is always full."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(maxsize, ctx=ctx)
            self.limit = maxsize

        def full(self):
            return self.limit <= 0 or super().full()


@fault(
    breaks={
        "look.qsize-approximate": "qsize() should have returned 2, but it returned -1",
        "look.full-true-at-capacity": "full() should have returned True, but it returned False",
        "look.full-false-below-capacity": "full() should have returned False, but it returned True",
    }
)
class CountsItsOwnProcess:
    """qsize() and full() count only what their own process has put and taken."""

    class Queue(queues.Queue):
        size = 0

        def put(self, obj, block=True, timeout=None):
            super().put(obj, block, timeout)
            self.size += 1

        def get(self, block=True, timeout=None):
            obj = super().get(block, timeout)
            self.size -= 1
            return obj

        def qsize(self):
            return self.size

        def full(self):
            return self.size >= self._maxsize


@fault(
    breaks={
        "look.qsize-approximate": "qsize() should have returned 2, but it returned -",
        "look.qsize-unreliable": "should have returned [], but it returned [-",
    },
    not_on=("darwin",),
)
class QsizeIsNegative:
    """qsize() returns the number of free places as a negative number."""

    class Queue(queues.Queue):
        def qsize(self):
            return super().qsize() - self._maxsize


@fault(
    conforms=(
        "look.qsize-not-implemented",
        "look.qsize-fails-on-macos",
        "look.never-blocks",
        "look.no-side-effects",
        "look.full-true-at-capacity",
        "look.full-false-below-capacity",
    ),
    pretends={"counted": False},
)
class MacosQsize:
    """qsize() raises NotImplementedError, as it really does on macOS."""

    class Queue(queues.Queue):
        def qsize(self):
            raise NotImplementedError

    class JoinableQueue(Queue, queues.JoinableQueue):
        pass


@fault(
    breaks={"look.qsize-fails-on-macos": "qsize() should have raised NotImplementedError, but it returned 0"},
    conforms=("look.qsize-not-implemented",),
    pretends={"counted": False},
)
class MacosQsizeGuesses:
    """qsize() returns a number where the count is not available, as on macOS."""

    class Queue(queues.Queue):
        def qsize(self):
            return 0

    class JoinableQueue(Queue, queues.JoinableQueue):
        pass


@fault(
    breaks={
        "look.qsize-not-implemented": "should have returned or raised NotImplementedError, but it raised OSError",
        "look.qsize-fails-on-macos": "qsize() should have raised NotImplementedError, but it raised OSError",
    },
    pretends={"counted": False},
)
class MacosQsizeRaisesOSError:
    """qsize() raises the error of the system where the count is not available, as on macOS."""

    class Queue(queues.Queue):
        def qsize(self):
            raise OSError(45, "Operation not supported")

    class JoinableQueue(Queue, queues.JoinableQueue):
        pass


@fault(
    breaks={
        "look.qsize-counts-buffered": "qsize() should have returned 1, but it returned 0",
        "look.qsize-no-guarantee": "qsize() should have returned 1, but it returned 0",
        "look.full-counts-buffered": "full() should have returned True, but it returned False",
    }
)
class LooksIntoThePipe:
    """qsize() and full() ignore items that have not been sent yet."""

    class Queue(queues.Queue):
        def qsize(self):
            return 0 if self.empty() else super().qsize()

        def full(self):
            return not self.empty() and super().full()


@fault(
    breaks={"look.empty-unreliable": "empty() should have returned True or False, but it returned None"},
    not_on=("darwin",),
)
class EmptyGivesNoAnswer:
    """empty() returns None while an item is in transit."""

    class Queue(queues.Queue):
        def empty(self):
            nothing_seen = super().empty()
            return None if nothing_seen and self.qsize() else nothing_seen


@fault(breaks={"look.never-blocks": "look() was still running after"})
class EmptyWaitsForReaders:
    """empty() waits until no process is in get()."""

    class Queue(queues.Queue):
        def empty(self):
            with self._rlock:
                return super().empty()


@fault(breaks={"look.no-side-effects": "take(3) should have returned, but it raised Empty"})
class EmptyTakesAnItem:
    """empty() takes an item to find out, and loses it."""

    class Queue(queues.Queue):
        def empty(self):
            try:
                self.get_nowait()
            except Empty:
                return True
            return False
