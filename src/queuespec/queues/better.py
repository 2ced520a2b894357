"""Queues that do more than they must: each keeps every promise, and goes beyond it in one way.

A rule that refuses one of them takes an accident of the standard library for a promise.
"""

import select
import time
from multiprocessing import queues
from multiprocessing.reduction import ForkingPickler
from queue import Empty

from queuespec.queues.declare import better
from queuespec.queues.parts import Parcel, Wrapping


@better()
class ClosesUnusedQueues:
    """close() closes both ends of the pipe, even if nothing was ever put."""

    class Queue(queues.Queue):
        def close(self):
            unused = self._thread is None
            super().close()
            if unused:
                self._writer.close()

    class JoinableQueue(Queue, queues.JoinableQueue):
        pass


@better(not_on=("darwin",))
class EmptyNeverLags:
    """empty() counts an item from the moment put() accepts it."""

    class Queue(queues.Queue):
        def empty(self):
            super().empty()
            return self._maxsize == self._sem._semlock._get_value()

    class JoinableQueue(Queue, queues.JoinableQueue):
        pass


class BadItem(Exception):
    """Stands for what would end the feeder thread."""


class Guarded(Parcel):
    """An item that raises an ordinary exception where it would raise another one."""

    def __reduce__(self):
        try:
            data = ForkingPickler.dumps(self.item)
        except Exception:
            raise
        except BaseException as error:
            raise BadItem(repr(error)) from error
        return ForkingPickler.loads, (bytes(data),)


@better()
class FeederSurvivesEverything:
    """An item whose pickling raises SystemExit is lost like any bad item, and the feeder thread goes on."""

    class Queue(Wrapping):
        wrap = Guarded

    class JoinableQueue(Queue, queues.JoinableQueue):
        pass


@better()
class FlushesInPut:
    """put() returns only once the item is in the pipe, unless the pipe is full."""

    class Queue(queues.Queue):
        """Waits until its feeder thread, which then waits for the next item, has written this one."""

        def put(self, obj, block=True, timeout=None):
            super().put(obj, block, timeout)
            while not self._closed and self._is_flushing() and self._has_room():
                time.sleep(0.0005)

        def _is_flushing(self):
            with self._notempty:
                return self._buffer or not self._notempty._waiters

        def _has_room(self):
            """Whether the pipe is not full; if that is unknown, put() does not wait."""
            if not hasattr(select, "poll"):
                return False
            room = select.poll()
            room.register(self._writer, select.POLLOUT)
            return bool(room.poll(0))

    class JoinableQueue(Queue, queues.JoinableQueue):
        pass


class ContextManager:
    """Makes a queue a context manager that closes it at the end of the block."""

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


@better()
class HasMoreMethods:
    """The queue has undocumented methods too: put_many(), get_many(), and those of a `with` statement."""

    class Queue(ContextManager, queues.Queue):
        def put_many(self, items):
            for item in items:
                self.put(item)

        def get_many(self, at_most):
            found = []
            while len(found) < at_most:
                try:
                    found.append(self.get_nowait())
                except Empty:
                    break
            return found

    class JoinableQueue(Queue, queues.JoinableQueue):
        pass

    class SimpleQueue(ContextManager, queues.SimpleQueue):
        pass


def slowly(method):
    """The method, and what it has cost once more; not what it has waited for others."""

    def slow(self, *args, **kwargs):
        begun = time.thread_time()
        try:
            return method(self, *args, **kwargs)
        finally:
            spent = time.thread_time() - begun
            end = time.thread_time() + spent
            while time.thread_time() < end:
                pass

    return slow


@better()
class TwiceAsSlow:
    """put() and get() take twice the processor time that they take in the standard library."""

    class Queue(queues.Queue):
        put, get = slowly(queues.Queue.put), slowly(queues.Queue.get)

    class JoinableQueue(Queue, queues.JoinableQueue):
        put = slowly(queues.JoinableQueue.put)

    class SimpleQueue(queues.SimpleQueue):
        put, get = slowly(queues.SimpleQueue.put), slowly(queues.SimpleQueue.get)
