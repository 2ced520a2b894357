"""Queues that are wrong about sharing a queue with other processes."""

import functools
import multiprocessing
import os
import queue as thread_queue
from multiprocessing import queues
from multiprocessing.context import get_spawning_popen
from multiprocessing.reduction import ForkingPickler

from queuespec.queues.declare import fault
from queuespec.queues.parts import Dropping, changed


@fault(
    breaks={
        "share.args": "put('from the child') should have returned, but it raised OSError",
        "share.kwargs": "should have returned 0, but it returned 1",
        "share.nested-in-args": "should have returned, but it raised OSError",
        "share.process-attribute": "worker_with_a_queue should have printed 'from the worker",
        "share.both-directions": "get() should have returned, but it raised OSError",
        "deliver.child-to-child": "should have returned, but it raised OSError",
        "share.grandchild": "should have returned 0, but it returned 1",
        "share.pool-initializer": "get_nowait() should have returned, but it raised Empty",
    },
    collateral=(
        "get.blocks-when-empty",
        "cap.freed-by-get",
        "item.none-falsy",
        "deliver.child-to-child",
        "jt.after-close-waits",
        "exit.child-flushes",
    ),
)
class CreatorOnly:
    """Only the process that created the queue can use it."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(maxsize, ctx=ctx)
            self._creator = os.getpid()

        def put(self, obj, block=True, timeout=None):
            if getattr(self, "_creator", None) != os.getpid():
                raise OSError("only its creator may use this queue")
            super().put(obj, block, timeout)

        def get(self, block=True, timeout=None):
            if getattr(self, "_creator", None) != os.getpid():
                raise OSError("only its creator may use this queue")
            return super().get(block, timeout)


def with_twins(value):
    """The value, with a copy of its own in place of each queue in it."""
    if isinstance(value, dict):
        return {key: with_twins(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(map(with_twins, value))
    if isinstance(value, queues.Queue):
        twin = object.__new__(type(value))
        twin.__dict__.update(value.__dict__)
        return twin
    return value


@fault(breaks={"share.nested-is-one": "held_once() should have returned something true, but it returned False"})
class ChildHoldsTwo:
    """A queue that is passed to a child twice arrives as two objects."""

    @staticmethod
    def process(context, args=(), **kwargs):
        return context.Process(args=with_twins(args), **kwargs)


@fault(
    breaks={
        "share.used-before": "get() was still running after",
        "share.grandchild-of-a-user": "get() was still running after",
    },
    start_methods=("fork",),
)
class ChildrenRelyOnTheParentsThread:
    """A forked child starts no feeder thread if its parent had one, so its items are never sent."""

    class Queue(queues.Queue):
        def _reset(self, after_fork=False):
            thread = self._thread if after_fork else None
            super()._reset(after_fork)
            self._thread = thread


class PickledAnywhere:
    """Makes a queue arrive as an empty thread queue when it is pickled while no process is being spawned."""

    def __reduce_ex__(self, protocol):
        if get_spawning_popen() is None:
            return thread_queue.Queue, ()
        return super().__reduce_ex__(protocol)


@fault(
    breaks={
        "share.no-pickle-outside-spawning": "should have raised RuntimeError, but it returned",
        "share.not-through-queue": "should have returned 'next', but it returned",
        "share.not-through-queue-reported": "something with 'RuntimeError' in it, but it returned ''",
        "share.not-through-simplequeue": "should have raised RuntimeError, but it returned None",
        "share.not-as-pool-task": "should have raised RuntimeError, but it returned True",
        "share.no-return-to-parent": "should have returned 'next', but it returned",
    },
    start_methods=("fork",),
)
class PicklesAnywhere:
    """A queue can be pickled anywhere, and another queue arrives."""

    class Queue(PickledAnywhere, queues.Queue):
        pass

    class JoinableQueue(PickledAnywhere, queues.JoinableQueue):
        pass

    class SimpleQueue(PickledAnywhere, queues.SimpleQueue):
        pass

    @staticmethod
    def context(real):
        kinds = (PicklesAnywhere.Queue, PicklesAnywhere.JoinableQueue, PicklesAnywhere.SimpleQueue)
        return changed(real, **{kind.__name__: functools.partial(kind, ctx=real) for kind in kinds})


@fault(
    breaks={
        "share.simplequeue-goes-on": "put('next') was still running after",
        "share.simplequeue-closed": "put('x') was still running after",
    },
    not_on=("win32",),
)
class SimpleQueueKeepsItsLock:
    """A SimpleQueue that refuses an item keeps its lock, so nothing more can be put."""

    class SimpleQueue(queues.SimpleQueue):
        def put(self, obj):
            self._wlock.acquire()
            self._writer.send_bytes(ForkingPickler.dumps(obj))
            self._wlock.release()


@fault(breaks={"share.keep-reference": "lets_go had not printed 'still usable"})
class CreatorTakesItAway:
    """Once its creator has dropped a queue, no process can get from it."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(maxsize, ctx=ctx)
            self._creator = os.getpid()

        def __del__(self):
            if getattr(self, "_creator", None) == os.getpid():
                self._rlock.acquire()


@fault(
    breaks={
        "share.closed-not-sendable": "should have raised OSError, but it returned",
        "share.close-ends-own-use": "put('x') should have raised ValueError, but it returned None",
    },
    collateral=("jt.after-close-waits",),
    start_methods=("spawn",),
)
class CloseDoesNothing:
    """close() has no effect."""

    class Queue(queues.Queue):
        def close(self):
            pass

        def join_thread(self):
            pass


@fault(
    breaks={
        "share.close-is-per-process": "put('x') should have returned, but it raised ValueError",
        "share.creator-closes-first": "get() should have returned, but it raised ValueError",
    },
    collateral=("jt.after-close-waits",),
    start_methods=("fork",),
)
class CloseIsForAll:
    """close() in one process closes the queue for all processes."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(maxsize, ctx=ctx)
            self._closed_by_anybody = ctx.Event()

        def close(self):
            self._closed_by_anybody.set()
            super().close()

        def put(self, obj, block=True, timeout=None):
            if self._closed_by_anybody.is_set():
                raise ValueError("somebody has closed this queue")
            super().put(obj, block, timeout)

        def get(self, block=True, timeout=None):
            if self._closed_by_anybody.is_set():
                raise ValueError("somebody has closed this queue")
            return super().get(block, timeout)


@fault(breaks={"share.daemon-child": "drain() should have returned [0, 1"})
class DaemonsSendNothing:
    """What a daemonic process puts is dropped."""

    class Queue(Dropping):
        def accepts(self, item):
            return not multiprocessing.current_process().daemon


@fault(breaks={"share.daemon-child-ends": "leaves_a_daemon was still running after"})
class DaemonsAreWaitedFor:
    """A program that ends waits for its daemonic processes, whose queues nobody reads."""

    @staticmethod
    def process(context, daemon=None, **kwargs):
        return context.Process(**kwargs)


@fault(breaks={"share.fork-does-not-duplicate": "duplicated: 'second'"}, start_methods=("fork",))
class ForkCopiesTheBuffer:
    """A forked child sends the items waiting in its parent's buffer a second time."""

    class Queue(queues.Queue):
        def _reset(self, after_fork=False):
            waiting = list(self._buffer) if after_fork else []
            super()._reset(after_fork)
            self._buffer.extend(waiting)

        def _start_thread(self):
            waiting = list(self._buffer)
            super()._start_thread()
            self._buffer.extend(waiting)


@fault(breaks={"share.fork-during-put": "was still running after"}, start_methods=("fork",))
class ForkCopiesTheLock:
    """A child that is forked while its parent is in put() finds the queue's lock taken forever."""

    class Queue(queues.Queue):
        def _reset(self, after_fork=False):
            taken = after_fork and self._notempty._lock.locked()
            super()._reset(after_fork)
            if taken:
                self._notempty.acquire()
