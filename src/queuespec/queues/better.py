"""Queues that do more than they must: each keeps every promise, and goes beyond it in one way.

A rule that refuses one of them takes an accident of the standard library for a promise.
"""

import contextlib
import os
import pickle
import select
import tempfile
import threading
import time
import types
from multiprocessing import queues
from multiprocessing.reduction import ForkingPickler
from queue import Empty, Full

from queuespec.queues.declare import better
from queuespec.queues.parts import OtherExceptions, Parcel, Wrapping, changed


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


@better()
class JoinReturnsAResult:
    """join() takes a timeout, in seconds, and returns whether all items are done."""

    class JoinableQueue(queues.JoinableQueue):
        def join(self, timeout=None):
            with self._cond:
                return self._cond.wait_for(self._unfinished_tasks._semlock._is_zero, timeout)


class InDatabase:
    """The rows of one table are the items: ``SimpleQueue``'s methods, and what the other kinds are made of.

    Processes share nothing but the file's name, and so a queue travels anywhere. A process that is killed leaves no
    lock behind.
    """

    __class_getitem__ = classmethod(types.GenericAlias)  # type: ignore[var-annotated]
    poll = 0.002
    """Seconds between two looks at the table."""

    def __init__(self, maxsize=0, *, ctx):
        self._maxsize = maxsize if maxsize > 0 else float("inf")
        self._name = os.path.join(tempfile.mkdtemp(), "queue.db")
        self.__setstate__((self._maxsize, self._name))
        with self._database() as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("CREATE TABLE item (id INTEGER PRIMARY KEY AUTOINCREMENT, data BLOB)")
            database.execute("CREATE TABLE unfinished (number INTEGER)")
            database.execute("INSERT INTO unfinished VALUES (0)")

    def __getstate__(self):
        return self._maxsize, self._name

    def __setstate__(self, state):
        self._maxsize, self._name = state
        self._closed = False
        self._connections = {}

    @contextlib.contextmanager
    def _database(self):
        """A transaction of this thread."""
        import sqlite3  # here, since a Python may have been built without it

        owner = os.getpid(), threading.get_ident()
        if owner not in self._connections:
            connection = sqlite3.connect(self._name, timeout=60, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA synchronous = OFF")
            self._connections[owner] = connection
        database = self._connections[owner]
        database.execute("BEGIN IMMEDIATE")
        try:
            yield database
        except BaseException:
            database.execute("ROLLBACK")
            raise
        database.execute("COMMIT")

    def _check_open(self, closed=ValueError):
        if self._closed:
            raise closed(f"{self!r} is closed")

    def _until(self, attempt, block, timeout, failure):
        end = None if timeout is None else time.monotonic() + timeout
        while not attempt():
            if not block or (end is not None and time.monotonic() >= end):
                raise failure
            time.sleep(self.poll)

    def put(self, obj, block=True, timeout=None):
        self._check_open()
        data = bytes(ForkingPickler.dumps(obj))

        def attempt():
            with self._database() as database:
                if database.execute("SELECT count(*) FROM item").fetchone()[0] >= self._maxsize:
                    return False
                database.execute("INSERT INTO item (data) VALUES (?)", (data,))
                database.execute("UPDATE unfinished SET number = number + 1")
            return True

        self._until(attempt, block, timeout, Full)

    def get(self, block=True, timeout=None):
        self._check_open()
        found = []

        def attempt():
            with self._database() as database:
                row = database.execute("SELECT id, data FROM item ORDER BY id LIMIT 1").fetchone()
                if row:
                    database.execute("DELETE FROM item WHERE id = ?", row[:1])
                    found.append(row[1])
            return found

        self._until(attempt, block, timeout, Empty)
        return pickle.loads(found[0])

    def qsize(self):
        with self._database() as database:
            return database.execute("SELECT count(*) FROM item").fetchone()[0]

    def empty(self):
        return self.qsize() == 0

    def close(self):
        self._closed = True
        for owner in list(self._connections):
            self._connections.pop(owner).close()


@better()
class KeptInADatabase:
    """Items are pickled by put() and kept in a file: no feeder thread, no pipe, no semaphore, and qsize() is exact."""

    class SimpleQueue(InDatabase):
        def __init__(self, *, ctx):
            super().__init__(ctx=ctx)

        def put(self, obj):
            super().put(obj)

        def get(self):
            return super().get()

        def empty(self):
            self._check_open(OSError)
            return super().empty()

    class Queue(InDatabase):
        def put_nowait(self, obj):
            self.put(obj, False)

        def get_nowait(self):
            return self.get(False)

        def full(self):
            return self.qsize() >= self._maxsize

        def join_thread(self):
            pass

        def cancel_join_thread(self):
            pass

    class JoinableQueue(Queue):
        def task_done(self):
            with self._database() as database:
                if not database.execute("UPDATE unfinished SET number = number - 1 WHERE number > 0").rowcount:
                    raise ValueError("task_done() called too many times")

        def join(self):
            def attempt():
                with self._database() as database:
                    return database.execute("SELECT number FROM unfinished").fetchone() == (0,)

            self._until(attempt, True, None, None)


class Pickled:
    """An item that was pickled when it was put, and is unpickled by get()."""

    def __init__(self, item):
        self.data = bytes(ForkingPickler.dumps(item))

    def __reduce__(self):
        return pickle.loads, (self.data,)


class NothingToTake(Empty):
    """More is known than that the queue is empty."""


class NoSpaceLeft(Full):
    """More is known than that the queue is full."""


@better()
class MoreExceptions:
    """Full and Empty come as exceptions derived from them."""

    class Queue(OtherExceptions):
        Full, Empty = NoSpaceLeft, NothingToTake

    class JoinableQueue(Queue, queues.JoinableQueue):
        pass


def returning(method):
    """The method, and True in place of what it returns."""

    def perform(self, *args, **kwargs):
        method(self, *args, **kwargs)
        return True

    return perform


@better()
class ReturnsReceipts:
    """Methods that have nothing to say return `True`."""

    class Queue(queues.Queue):
        put, put_nowait = returning(queues.Queue.put), returning(queues.Queue.put_nowait)
        close, join_thread = returning(queues.Queue.close), returning(queues.Queue.join_thread)
        cancel_join_thread = returning(queues.Queue.cancel_join_thread)

    class JoinableQueue(Queue, queues.JoinableQueue):
        put, task_done = returning(queues.JoinableQueue.put), returning(queues.JoinableQueue.task_done)

    class SimpleQueue(queues.SimpleQueue):
        put, close = returning(queues.SimpleQueue.put), returning(queues.SimpleQueue.close)


@better()
class PicklesInPut:
    """put() pickles the item and raises what pickling raises; the feeder thread sends the bytes."""

    class Queue(Wrapping):
        wrap = Pickled

    class JoinableQueue(Queue, queues.JoinableQueue):
        pass


@better(pretends={"system": "Darwin", "counted": False})
class WorksOnMacos:
    """qsize() works on macOS, too, spawn is the default, and a queue without a limit has none."""

    @staticmethod
    def module(real):
        real.context._default_context._default_context = real.get_context("spawn")
        return changed(
            real,
            get_all_start_methods=lambda: sorted(real.get_all_start_methods(), key=lambda name: name != "spawn"),
        )
