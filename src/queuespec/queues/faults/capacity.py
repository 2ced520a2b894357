"""Queues that are wrong about the number of items that a queue holds."""

import contextlib
import threading
from multiprocessing import queues
from multiprocessing.reduction import ForkingPickler

from queuespec.queues.declare import fault


@contextlib.contextmanager
def slots_kept(queue):
    """Keeps a get() in this block from making room for another item."""
    slots, queue._sem = queue._sem, threading.Semaphore()
    try:
        yield
    finally:
        queue._sem = slots


@fault(breaks={"cap.exact": "should have returned 2, but it returned 1"}, collateral=("cap.freed-by-get",))
class FullOneEarly:
    """The queue is full one item early."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(maxsize - 1 if maxsize > 1 else maxsize, ctx=ctx)


@fault(
    breaks={
        "cap.exact": "should have returned 1, but it returned 2",
        "cap.never-exceeded": "puts had returned when",
        "cap.counts-unflushed": "should have raised Full",
        "put.blocks-when-full": "did not block: it returned None",
        "put.timeout-none-is-forever": "did not block: it returned None",
        "put.timeout-succeeds-if-freed": "did not block",
        "put.nonblocking-raises-full": "should have raised Full",
        "cap.blocked-put-wakes-across": "did not block",
    },
    collateral=("cap.freed-by-get",),
)
class FullOneLate:
    """The queue is full one item late."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(maxsize + 1 if maxsize > 0 else maxsize, ctx=ctx)


@fault(
    breaks={"cap.shared-across-processes": "should have raised Full"},
    collateral=(
        "get.blocks-when-empty",
        "cap.freed-by-get",
        "order.fifo-in-process",
        "item.none-falsy",
        "deliver.child-to-child",
        "jt.after-close-waits",
    ),
    start_methods=("fork",),
)
class CapacityPerProcess:
    """Each process may put maxsize items, whatever other processes have put."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(maxsize, ctx=ctx)
            self._sem = ctx.Semaphore(maxsize)
            self._new = ctx.Semaphore

        def _reset(self, after_fork=False):
            super()._reset(after_fork)
            if after_fork:
                self._sem = self._new(self._maxsize)


@fault(
    breaks={
        "cap.freed-by-get": "was still running after",
        "cap.blocked-put-wakes-across": "was still running after",
        "put.blocks-when-full": "was still running after",
    }
)
class SlotsNeverFreed:
    """get() never makes room for another item."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            with slots_kept(self):
                return super().get(block, timeout)


@fault(breaks={"cap.freed-by-any-get": "put_nowait('second') should have returned, but it raised Full"})
class OnlyAPatientGetMakesRoom:
    """Only a get() without a timeout makes room for another item."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            if block and timeout is None:
                return super().get()
            with slots_kept(self):
                return super().get(block, timeout)


@fault(breaks={"cap.freed-by-waiting-get": "put_nowait('second') should have returned, but it raised Full"})
class RoomIsMadeBeforeAnItemComes:
    """get() makes room before it has an item, and none after it has one."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            with contextlib.suppress(ValueError):
                self._sem.release()
            with slots_kept(self):
                return super().get(block, timeout)


@fault(
    breaks={"cap.restored-after-pickle-error": "put('good') was still running"}, collateral=("jt.after-close-waits",)
)
class APicklingErrorKeepsTheSlot:
    """An item that cannot be pickled takes up room forever."""

    class Queue(queues.Queue):
        def put(self, obj, block=True, timeout=None):
            try:
                ForkingPickler.dumps(obj)
            except Exception:
                self._sem.acquire(block, timeout)
            else:
                super().put(obj, block, timeout)


@fault(
    breaks={
        "cap.not-freed-by-task-done": "put('second') was still running",
        "cap.task-done-does-not-free": "should have raised Full",
    },
    collateral=("cap.freed-by-get",),
)
class TaskDoneFreesTheSlot:
    """An item takes up room until task_done() is called for it."""

    class JoinableQueue(queues.JoinableQueue):
        def get(self, block=True, timeout=None):
            with slots_kept(self):
                return super().get(block, timeout)

        def task_done(self):
            super().task_done()
            self._sem.release()


@fault(breaks={"simple.put-blocks-on-full-pipe": "did not block: it returned None"})
class SimpleQueueWithABuffer:
    """put() of a SimpleQueue returns although nobody reads and the pipe is full."""

    class SimpleQueue(queues.SimpleQueue):
        def put(self, obj):
            threading.Thread(target=super().put, args=(obj,), daemon=True).start()
