"""Items that show what pickle did with them, and items that it cannot handle."""

import builtins
import contextlib
import errno
import gc
import os
import pickle
import queue
import threading
import weakref

from items import blocks


def echo(value):
    """The function that unpickles a `Gated` item; returns the plain value."""
    return value


class Refuses:
    """An item that raises `TypeError` when it is pickled."""

    def __reduce__(self):
        raise TypeError("this cannot be pickled")


def unpicklable():
    """An item that cannot be pickled, not even by libraries that pickle more than the standard library does."""
    return Refuses()


class WhereItIsRebuilt:
    """An item that arrives as the id of the process that unpickled it."""

    def __reduce__(self):
        return os.getpid, ()


def where_it_is_rebuilt():
    """Makes an item that arrives as the id of the process that unpickled it."""
    return WhereItIsRebuilt()


class ThreadsThere:
    """An item that arrives as the number of threads in the process that unpickled it."""

    def __reduce__(self):
        return threading.active_count, ()


class Unsendable:
    """An item that can be pickled only once: what arrives cannot be pickled again."""

    def __reduce__(self):
        return unpicklable, ()


def unsendable():
    """An item that can be put, but not sent on by its receiver."""
    return Unsendable()


def explode():
    """The function that unpickles a `Fragile` item; raises `ZeroDivisionError`."""
    raise ZeroDivisionError("this item cannot be unpickled")


class Fragile:
    """An item that can be pickled but not unpickled."""

    def __reduce__(self):
        return explode, ()


def fragile():
    """An item that raises `ZeroDivisionError` when it is unpickled."""
    return Fragile()


class Parcel:
    """An instance of a custom class that has state."""

    def __init__(self, label, weight):
        self.label = label
        self.weight = weight


class Lamp:
    """An item that arrives as a `Light`: it burns as long as this is held by the process that has unpickled it."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Light, (self.path,)


class Light:
    """Creates a file, which is removed when this is garbage collected."""

    def __init__(self, path):
        with open(path, "w"):
            weakref.finalize(self, _put_out, path)


def _put_out(path):
    with contextlib.suppress(OSError):
        os.remove(path)


class Sweeper:
    """An item that runs the garbage collector of the process that unpickles it."""

    def __reduce__(self):
        return gc.collect, ()


class SlottedParcel:
    """A parcel with slots instead of a dictionary; pickle protocols 0 and 1 do not support it."""

    __slots__ = ("label", "weight")

    def __init__(self, label, weight):
        self.label = label
        self.weight = weight


class Pages:
    """An item that offers each of its pages as a buffer to pickle protocol 5, and as bytes to older protocols."""

    def __init__(self, *pages):
        self.pages = [bytes(page) for page in pages]

    def __reduce_ex__(self, protocol):
        return Pages, tuple(map(pickle.PickleBuffer, self.pages) if protocol >= 5 else self.pages)


class EqualToAll(Parcel):
    """A parcel that compares equal to everything."""

    def __eq__(self, other):
        return True


class EqualToNone(Parcel):
    """A parcel that raises an exception when it is compared."""

    def __eq__(self, other):
        raise TypeError("this parcel cannot be compared")


class Counted:
    """An item that counts how often it is pickled; `rebuilds` counts how many this process has unpickled."""

    rebuilds = 0

    def __init__(self):
        self.pickled = 0

    def times_pickled(self):
        """Returns how often this item has been pickled."""
        return self.pickled

    def __reduce__(self):
        self.pickled += 1
        return rebuild_counted, ()


def rebuild_counted():
    """The function that unpickles a `Counted` item; counts the call."""
    Counted.rebuilds += 1
    return "rebuilt"


class Witness:
    """An item that arrives as the process id and the thread id of where it was pickled."""

    def __reduce__(self):
        return echo, (whereabouts(),)


def whereabouts():
    """The process id and the thread id of the caller."""
    return os.getpid(), threading.get_ident()


def seen_from_here(where):
    """Describes a result of `whereabouts` relative to the caller."""
    process, thread = where
    if process != os.getpid():
        return "another process"
    return "this thread" if thread == threading.get_ident() else "another thread of this process"


class Growing:
    """Part of a container, to which it adds an entry when it is pickled."""

    def __init__(self, container):
        self.container = container

    def __reduce__(self):
        self.container[len(self.container)] = "grown"
        return echo, ("part",)


def growing():
    """A dictionary that changes while it is being pickled."""
    container: dict[int, object] = {}
    container.update({0: Growing(container), 1: Growing(container)})
    return container


class RaisesWhenPickled:
    """An item that raises the built-in exception of the given name when it is pickled."""

    def __init__(self, error):
        self.error = error

    def __reduce__(self):
        raise_error(self.error)


class RaisesWhenUnpickled(RaisesWhenPickled):
    """An item that can be pickled, and raises the built-in exception of the given name when it is unpickled."""

    def __reduce__(self):
        return raise_error, (self.error,)


class Hopeless(RaisesWhenPickled):
    """An item that can neither be pickled nor printed."""

    def __init__(self):
        super().__init__("ValueError")

    def __repr__(self):
        raise_error("RuntimeError")


class Foreign(RaisesWhenPickled):
    """An item that cannot pickle itself; `reduced` can do it."""

    def __init__(self, value):
        super().__init__("TypeError")
        self.value = value


def reduced(foreign):
    """The reducer for a `Foreign` item, which arrives as its plain value."""
    return echo, (foreign.value,)


def raise_error(name):
    """Raises the built-in exception of the given name; `BrokenPipeError` comes with its error number."""
    error = getattr(builtins, name)
    text = "this item was made to fail"
    raise error(errno.EPIPE, text) if name == "BrokenPipeError" else error(text)


def an_error():
    """An exception instance with two arguments."""
    return ValueError("parcel lost", 3)


def an_exception_class():
    """An exception class, which is pickled by name."""
    return queue.Empty


def a_function():
    """A function, which is pickled by name."""
    return blocks.intact


def a_singleton(name):
    """The built-in object of the given name, such as `Ellipsis` or `NotImplemented`."""
    return getattr(builtins, name)
