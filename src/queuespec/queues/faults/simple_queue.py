"""Queues that are wrong about SimpleQueue."""

import threading
from multiprocessing import queues

from queuespec.queues.declare import fault


@fault(breaks={"get.blocks-when-empty": "get() did not block: it returned None"}, collateral=("get.blocks-when-empty",))
class SimpleGetReturnsNone:
    """get() of an empty SimpleQueue returns None instead of waiting."""

    class SimpleQueue(queues.SimpleQueue):
        def get(self):
            return None if self.empty() else super().get()


@fault(breaks={"simple.put-keyword": "put(obj='a') should have returned, but it raised TypeError"})
class SimplePutCallsItItem:
    """The parameter of SimpleQueue.put() is called item, as in the documentation."""

    class SimpleQueue(queues.SimpleQueue):
        def put(self, item):
            super().put(item)


@fault(
    breaks={
        "simple.visible-at-once": "empty() should have returned something false, but it returned True",
        "simple.no-exit-wait": "get() was still running after",
        "simple.put-blocks-on-full-pipe": "did not block: it returned None",
    },
    collateral=("item.none-falsy",),
)
class SimplePutIsLate:
    """put() of a SimpleQueue returns before the item is in the pipe."""

    class SimpleQueue(queues.SimpleQueue):
        def put(self, obj):
            late = threading.Timer(1.0, super().put, (obj,))
            late.daemon = True
            late.start()


@fault(
    breaks={
        "order.per-producer": "reordered: ",
        "order.fifo-in-process": "should have returned 'a', but it returned 'b'",
    },
    collateral=("item.none-falsy",),
)
class SimpleIsAStack:
    """A SimpleQueue returns the last item first."""

    class SimpleQueue(queues.SimpleQueue):
        def __init__(self, *, ctx):
            super().__init__(ctx=ctx)
            self._waiting = []

        def __setstate__(self, state):
            super().__setstate__(state)
            self._waiting = []

        def get(self):
            while not self._waiting or self._poll(0.01):
                self._waiting.append(super().get())
            return self._waiting.pop()


@fault(
    breaks={"simple.process-and-thread-safe": "invented: "},
    collateral=("get.blocks-when-empty", "order.fifo-in-process", "item.none-falsy", "deliver.child-to-child"),
)
class SimpleCutsLongItems:
    """A SimpleQueue cuts items that are longer than its pipe."""

    class SimpleQueue(queues.SimpleQueue):
        def put(self, obj):
            super().put((*obj[:2], obj[2][:65_000]))


@fault(breaks={"simple.close": "empty() should have raised OSError, but it returned True"})
class SimpleCloseDoesNothing:
    """A closed SimpleQueue goes on answering."""

    class SimpleQueue(queues.SimpleQueue):
        def close(self):
            pass


@fault(breaks={"simple.close": "close() should have returned, but it raised ValueError"})
class SimpleRefusesASecondClose:
    """The second close() of a SimpleQueue raises ValueError."""

    class SimpleQueue(queues.SimpleQueue):
        def close(self):
            if self._reader.closed:
                raise ValueError("it is closed")
            super().close()


@fault(breaks={"share.no-pickle-outside-spawning": "should have raised RuntimeError, but it returned"})
class SimpleIsCopied:
    """A SimpleQueue can be pickled at any time, and another queue arrives."""

    class SimpleQueue(queues.SimpleQueue):
        def __reduce__(self):
            return list, ()
