"""Better queues that behave as pending changes to CPython would have it, one way each where several are discussed.

They show that the rules for a change can be kept before it is part of a Python, and that no other rule forbids it.
"""

import _thread
import contextlib
import io
import pickle
import queue as thread_queue
import time
import warnings
from multiprocessing import queues, util
from multiprocessing.reduction import ForkingPickler
from queue import Empty, Full

from queuespec.queues.declare import better
from queuespec.queues.parts import Parcel, Wrapping

if not hasattr(thread_queue, "ShutDown"):  # Python 3.13 and later have it
    vars(thread_queue)["ShutDown"] = type("ShutDown", (Exception,), {"__module__": "queue"})
ShutDown: type = vars(thread_queue)["ShutDown"]


class ShutsDown(queues.Queue):
    """A queue with shutdown(). A call that waits looks every few hundredths of a second for the two states."""

    poll = 0.02

    def __init__(self, maxsize=0, *, ctx):
        super().__init__(maxsize, ctx=ctx)
        self._down, self._down_now = ctx.Semaphore(0), ctx.Semaphore(0)

    def __getstate__(self):
        return super().__getstate__(), self._down, self._down_now

    def __setstate__(self, state):
        state, self._down, self._down_now = state
        super().__setstate__(state)

    def shutdown(self, immediate=False):
        self._down.release()
        if immediate:
            self._down_now.release()
            with contextlib.suppress(Empty):
                while True:
                    super().get(False)

    def refuses_put(self):
        return not self._down._semlock._is_zero()

    def refuses_get(self):
        return not self._down_now._semlock._is_zero() or (self.refuses_put() and self.qsize() == 0)

    def put(self, obj, block=True, timeout=None):
        def attempt(seconds):
            super(ShutsDown, self).put(obj, block, seconds)

        self._until(attempt, Full, self.refuses_put, block, timeout)

    def get(self, block=True, timeout=None):
        def attempt(seconds):
            return super(ShutsDown, self).get(block, seconds)

        return self._until(attempt, Empty, self.refuses_get, block, timeout)

    def _until(self, attempt, failure, refuses, block, timeout):
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            if refuses():
                raise ShutDown
            left = self.poll if end is None else end - time.monotonic()
            try:
                return attempt(min(self.poll, max(0, left)))
            except failure:
                if not block or left <= 0:
                    raise


@better(not_on=("darwin",))
class HasShutdown:
    """shutdown() ends the work of a queue in all processes, as it does for a thread queue."""

    class Queue(ShutsDown):
        pass

    class JoinableQueue(Queue, queues.JoinableQueue):
        pass


@better()
class JoinTakesATimeout:
    """join() takes a timeout and returns when it has passed; is_done() then says whether all items are done."""

    class JoinableQueue(queues.JoinableQueue):
        def join(self, timeout=None):
            with self._cond:
                self._cond.wait_for(self.is_done, timeout)

        def is_done(self):
            return self._unfinished_tasks._semlock._is_zero()


@better()
class JoinTimesOut:
    """join() takes a timeout and raises `TimeoutError` when it has passed."""

    class JoinableQueue(queues.JoinableQueue):
        def join(self, timeout=None):
            with self._cond:
                if not self._cond.wait_for(self._unfinished_tasks._semlock._is_zero, timeout):
                    raise TimeoutError(f"not all items were done after {timeout} s")


def limit():
    """The largest number that a semaphore can count to."""
    from multiprocessing.synchronize import SEM_VALUE_MAX  # here, since a platform may have no semaphores

    return SEM_VALUE_MAX


@better()
class RefusesAMaxsizeThatIsTooLarge:
    """A `maxsize` that is too large for a semaphore to count raises `ValueError`, with the largest one possible."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            if maxsize > limit():
                raise ValueError(f"maxsize should be at most {limit()}")
            super().__init__(maxsize, ctx=ctx)

    class JoinableQueue(Queue, queues.JoinableQueue):
        pass


@better()
class LowersAMaxsizeThatIsTooLarge:
    """A `maxsize` that is too large for a semaphore to count becomes the largest one possible, with a warning."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            if maxsize > limit():
                warnings.warn(f"maxsize is lowered to {limit()}", stacklevel=2)
                maxsize = limit()
            super().__init__(maxsize, ctx=ctx)

    class JoinableQueue(Queue, queues.JoinableQueue):
        pass


class FinalizedInAThread(util.Finalize):
    """A finalizer that runs in a thread of its own if it is the garbage collector that calls it."""

    def __call__(self, wr=None, *args, **kwargs):
        if wr is None:
            return super().__call__(*args, **kwargs)
        try:
            _thread.start_new_thread(super().__call__, (wr,))
        except RuntimeError:  # the interpreter is about to exit
            super().__call__(wr)


@better()
class FinalizersHaveAThread:
    """A queue that is garbage collected is closed in a thread of its own, which may wait for locks."""

    class Queue(queues.Queue):
        def _start_thread(self):
            super()._start_thread()
            for finalizer in filter(None, (self._close, self._jointhread)):
                finalizer.__class__ = FinalizedInAThread

    class JoinableQueue(Queue, queues.JoinableQueue):
        pass


class Apart(Parcel):
    """An item that is pickled without its buffers, which are sent beside it."""

    def ordered(self, buffers):
        """The buffers in the order in which they are sent."""
        return buffers

    def __reduce__(self):
        file, buffers = io.BytesIO(), []
        pickler = pickle.Pickler(file, 5, buffer_callback=buffers.append)
        pickler.dispatch_table = ForkingPickler(io.BytesIO()).dispatch_table
        pickler.dump(self.item)
        raw = [buffer.raw() for buffer in self.ordered(buffers)]
        return reunited, (file.getvalue(), [bytes(one) if one.readonly else bytearray(one) for one in raw])


def reunited(data, buffers):
    """The item that was pickled as `data` without its buffers."""
    return pickle.loads(data, buffers=buffers)


@better()
class SendsBuffersApart:
    """Buffers of an item, as pickle protocol 5 has them, are sent beside the pickle, not copied into it."""

    class Queue(Wrapping):
        wrap = Apart

    class JoinableQueue(Queue, queues.JoinableQueue):
        pass
