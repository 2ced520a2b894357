"""Queues that are wrong about the order of items."""

import threading
from multiprocessing import queues
from multiprocessing.reduction import ForkingPickler
from queue import Full

from queuespec.queues.declare import EVERYTHING, fault
from queuespec.queues.parts import Lossy, write_now


class RefusingQueue:
    """A queue whose methods all raise `RuntimeError`."""

    def __init__(self, maxsize=0, *, ctx=None):
        pass

    def refuses(self, *args, **kwargs):
        raise RuntimeError("this queue does nothing but refuse")

    put = put_nowait = get = get_nowait = qsize = empty = full = refuses
    close = join_thread = cancel_join_thread = task_done = join = refuses


@fault(
    breaks={
        "order.fifo-in-process": "put('a') should have returned, but it raised RuntimeError",
        "get.blocks-when-empty": "get() did not block: it raised RuntimeError",
    },
    collateral=EVERYTHING,
)
class AlwaysRaises:
    """Every method of the queue raises the same exception."""

    Queue = JoinableQueue = SimpleQueue = RefusingQueue


class IdleQueue:
    """A queue whose methods all do nothing and return `None`."""

    def __init__(self, maxsize=0, *, ctx=None):
        pass

    def nothing(self, *args, **kwargs):
        return None

    put = put_nowait = get = get_nowait = qsize = empty = full = nothing
    close = join_thread = cancel_join_thread = task_done = join = shutdown = nothing


@fault(
    breaks={
        "order.fifo-in-process": "get() should have returned 'a', but it returned None",
        "get.blocks-when-empty": "get() did not block: it returned None",
    },
    collateral=EVERYTHING,
)
class DoesNothing:
    """Every method of the queue does nothing and returns None."""

    Queue = JoinableQueue = SimpleQueue = IdleQueue


class LastOneFirst:
    """Makes get() return the last of the items that this process has put."""

    _under_way = 0

    def put(self, obj, block=True, timeout=None):
        super().put(obj, block, timeout)
        self._under_way += 1

    def get(self, block=True, timeout=None):
        stack = self.__dict__.setdefault("_stack", [])
        while self._under_way:
            stack.append(super().get())
            self._under_way -= 1
        return stack.pop() if stack else super().get(block, timeout)


@fault(
    breaks={
        "order.fifo-in-process": "should have returned 'a', but it returned 'b'",
        "put.none-and-any-object": "should have returned None, but it returned 'after'",
    }
)
class Lifo:
    """The last item that a process put is returned first."""

    class Queue(LastOneFirst, queues.Queue):
        pass

    class JoinableQueue(LastOneFirst, queues.JoinableQueue):
        pass


class TenthOvertaken:
    """Sends the fifth of every ten items after the sixth."""

    _count = 0

    def put(self, obj, *args, **kwargs):
        self._count += 1
        if self._count % 10 == 5:
            self._late = obj
            return
        super().put(obj, *args, **kwargs)
        if self._count % 10 == 6:
            super().put(self._late)


@fault(
    breaks={
        "order.fifo-single-producer": "reordered: 4, 14",
        "order.per-producer": "(put by producer 1)",
        "pattern.sentinel-ends-consumer": "reordered: 4, 14",
        "pattern.producer-consumer": "should have returned ['job 0'",
        "pattern.producer-consumer-program": "lost: 4",
    },
    collateral=("item.none-falsy", "exit.child-flushes"),
)
class OneInTenOvertaken:
    """One item in ten comes out after the item that was put next."""

    class Queue(TenthOvertaken, queues.Queue):
        pass

    class SimpleQueue(TenthOvertaken, queues.SimpleQueue):
        pass


@fault(
    breaks={"order.per-producer": "reordered: ", "order.each-consumer-sees-subsequence": "reordered: "},
    collateral=("item.none-falsy",),
)
class FivesReversed:
    """Items that are tuples are sent five at a time, the last one first."""

    class Queue(queues.Queue):
        def put(self, obj, block=True, timeout=None):
            if not isinstance(obj, tuple):
                super().put(obj, block, timeout)
                return
            five = self.__dict__.setdefault("_five", [])
            five.append(obj)
            if len(five) == 5:
                while five:
                    super().put(five.pop())


@fault(
    breaks={
        "order.each-consumer-sees-subsequence": "lost: 9, 19, 29, 39, 49 (put by producer",
        "pattern.sentinel-ends-consumer": "lost: 9, 19",
    },
    collateral=("exit.child-flushes",),
)
class OneInTenLost:
    """One item in ten is lost."""

    class Queue(Lossy):
        every = 10


@fault(
    breaks={
        "order.each-consumer-sees-subsequence": "duplicated: ",
        "pattern.token-ring": "should have returned",
        "pattern.worker-pool": "duplicated: ",
        "pattern.token-ring-output": "should have printed 'the counter is",
    },
    collateral=("exit.child-flushes",),
)
class OneInTenTwice:
    """One item in ten comes out twice."""

    class Queue(queues.Queue):
        _count = 0

        def put(self, obj, block=True, timeout=None):
            self._count += 1
            super().put(obj, block, timeout)
            if self._count % 10 == 0:
                super().put(obj, block, timeout)


@fault(breaks={"order.mixed-sizes": "reordered: 0, 2, 4"}, collateral=("jt.after-close-waits",))
class SmallOvertakesLarge:
    """A small item overtakes a large one."""

    class Queue(queues.Queue):
        _large = ()

        def put(self, obj, block=True, timeout=None):
            if len(ForkingPickler.dumps(obj)) > 1000:
                self._large = (obj,)
                return
            super().put(obj, block, timeout)
            for item in self._large:
                super().put(item)
            self._large = ()


@fault(
    breaks={
        "order.threads-of-one-process": "did not block: it returned 'later'",
        "put.feeder-starts-on-first-put": "count_threads() should have returned 2, but it returned 3",
    },
    collateral=("jt.after-close-waits", "exit.child-flushes"),
)
class AThreadForEachPut:
    """Each put() sends its item in a thread of its own."""

    class Queue(queues.Queue):
        def put(self, obj, block=True, timeout=None):
            if not self._sem.acquire(block, timeout):
                raise Full
            threading.Thread(target=self._send, args=(obj,), daemon=True).start()

        def _send(self, obj):
            write_now(self, obj)
            threading.Event().wait()
