"""What several of the wrong queues are made of: base classes that ask for one method or value, and functions."""

import contextlib
import os
import queue as thread_queue
import re
import types
from multiprocessing import queues
from multiprocessing.reduction import ForkingPickler


class Asking(queues.Queue):
    """put() and get() that wait as `asked` answers."""

    def asked(self, block, timeout):
        """The arguments `block` and `timeout` that count, in place of the given ones."""
        raise NotImplementedError

    def put(self, obj, block=True, timeout=None):
        super().put(obj, *self.asked(block, timeout))

    def get(self, block=True, timeout=None):
        return super().get(*self.asked(block, timeout))


class Receiving(queues.Queue):
    """A get() that returns what `received` makes of an item."""

    def received(self, item):
        """What get() returns for this item."""
        raise NotImplementedError

    def get(self, block=True, timeout=None):
        return self.received(super().get(block, timeout))


class Dropping(queues.Queue):
    """A put() that silently drops the items that `accepts` refuses."""

    def accepts(self, item):
        """Whether this item is put."""
        raise NotImplementedError

    def put(self, obj, block=True, timeout=None):
        if self.accepts(obj):
            super().put(obj, block, timeout)


class Lossy(Dropping):
    """Drops one in `every` items that a process puts."""

    every = 1
    count = 0

    def accepts(self, item):
        self.count += 1
        return self.count % self.every != 0


class Wrapping(queues.Queue):
    """A put() that puts what `wrap` makes of an item."""

    def wrap(self, item):
        """What travels in place of this item, such as a `Parcel`."""
        raise NotImplementedError

    def put(self, obj, block=True, timeout=None):
        super().put(self.wrap(obj), block, timeout)


class Parcel:
    """What is put in place of an item. Its ``__reduce__`` decides how the item is pickled, in the feeder thread."""

    def __init__(self, item):
        self.item = item


class OtherExceptions(queues.Queue):
    """put() and get() that raise other exceptions than those of `queue`."""

    Full: type = thread_queue.Full
    Empty: type = thread_queue.Empty

    def put(self, obj, block=True, timeout=None):
        try:
            super().put(obj, block, timeout)
        except thread_queue.Full:
            raise self.Full from None

    def get(self, block=True, timeout=None):
        try:
            return super().get(block, timeout)
        except thread_queue.Empty:
            raise self.Empty from None


def write_now(queue, item):
    """Pickles the item and writes it to the queue's pipe, in the thread that calls this."""
    data = ForkingPickler.dumps(item)
    with queue._wlock or contextlib.nullcontext():
        queue._writer.send_bytes(data)


def wait_for_other_readers(queue, timeout):
    """Waits until no other process is in get(). Raises `queue.Empty` after `timeout` seconds."""
    if not queue._rlock.acquire(True, timeout):
        raise thread_queue.Empty
    queue._rlock.release()


def until(is_over, attempt, failure):
    """Repeats `attempt`, for 0.01 s each time, until it succeeds; raises its `failure` once `is_over()` is true."""
    while True:
        try:
            return attempt(True, 0.01)
        except failure:
            if is_over():
                raise


def changed(real, **changes):
    """A module or a context with some of its public names changed; the real one stays as it is."""
    names = [name for name in dir(real) if not name.startswith("_") or name in ("__name__", "__file__")]
    return types.SimpleNamespace(**{**{name: getattr(real, name) for name in names}, **changes})


def wait_in_c():
    """Stays forever in C code that holds the interpreter lock."""
    try:
        from ctypes import PyDLL
    except ImportError:  # PyPy has none, some builds have no ctypes: a computation that never ends, then
        re.match("(a+)+$", "a" * 64 + "b")
    else:
        wait = PyDLL("kernel32").Sleep if os.name == "nt" else PyDLL(None).sleep
        while True:  # a signal ends one wait
            wait(1_000_000)
