"""Items that show what became of them, and items that pickle stumbles over: ``made(parcels.block, 1, 8)``."""

import builtins
import errno
import os
import queue
import threading

from items import echo


def block(tag, size):
    """A block of `size` bytes that is told from every other: a pattern whose beginning depends on `tag`."""
    start = tag % 251
    pattern = bytes(range(251))
    return (tag, size, (pattern * (size // 251 + 2))[start : start + size])


def intact(item):
    """Whether this is a block, and every byte of it is as it was made."""
    return isinstance(item, tuple) and len(item) == 3 and item == block(*item[:2])


def damage(item):
    """What is wrong with an item that should have been a block, in words."""
    if not (isinstance(item, tuple) and len(item) == 3 and isinstance(item[2], bytes)):
        return f"damaged: {item!r:.40}"
    got = len(item[2])
    return f"damaged: {got} of {item[1]} bytes" if got != item[1] else f"damaged: {got} bytes that are not as they were"


class Parcel:
    """An item of a class of its own, with a state."""

    def __init__(self, label, weight):
        self.label = label
        self.weight = weight


class SlottedParcel:
    """A parcel whose instances have no dictionary; the two oldest pickle protocols refuse it."""

    __slots__ = ("label", "weight")

    def __init__(self, label, weight):
        self.label = label
        self.weight = weight


class EqualToAll(Parcel):
    """A parcel that is equal to whatever it is compared with."""

    def __eq__(self, other):
        return True


class EqualToNone(Parcel):
    """A parcel that cannot be compared."""

    def __eq__(self, other):
        raise TypeError("it has no equal")


class Counted:
    """An item that counts how often it was pickled; `rebuilds` counts how often this process rebuilt one."""

    rebuilds = 0

    def __init__(self):
        self.pickled = 0

    def times_pickled(self):
        return self.pickled

    def __reduce__(self):
        self.pickled += 1
        return rebuild_counted, ()


def rebuild_counted():
    Counted.rebuilds += 1


class Witness:
    """An item that arrives as (process id, thread) of where it was pickled."""

    def __reduce__(self):
        return echo, (whereabouts(),)


def whereabouts():
    """Process id and thread of the caller."""
    return os.getpid(), threading.get_ident()


def seen_from_here(where):
    """What `whereabouts` said, in words, relative to the caller."""
    process, thread = where
    if process != os.getpid():
        return "another process"
    return "this thread" if thread == threading.get_ident() else "another thread of this process"


class Growing:
    """Part of a container: when it is pickled, the container gets one more entry."""

    def __init__(self, container):
        self.container = container

    def __reduce__(self):
        self.container[len(self.container)] = "grown"
        return echo, ("part",)


def growing():
    """A dictionary that is changed while it is pickled."""
    container = {}
    container.update({0: Growing(container), 1: Growing(container)})
    return container


# Items that pickle stumbles over


class RaisesWhenPickled:
    """An item whose pickling raises the built-in exception of this name."""

    def __init__(self, error):
        self.error = error

    def __reduce__(self):
        raise_error(self.error)


class RaisesWhenUnpickled(RaisesWhenPickled):
    """An item that pickles well, and whose unpickling raises the built-in exception of this name."""

    def __reduce__(self):
        return raise_error, (self.error,)


class Hopeless(RaisesWhenPickled):
    """An item that can neither be pickled nor shown."""

    def __init__(self):
        super().__init__("ValueError")

    def __repr__(self):
        raise_error("RuntimeError")


class Foreign(RaisesWhenPickled):
    """An item that does not know how to be pickled; the function for it is below."""

    def __init__(self, value):
        super().__init__("TypeError")
        self.value = value


def reduced(foreign):
    return echo, (foreign.value,)


def raise_error(name):
    error = getattr(builtins, name)
    text = "this item was made to fail"
    raise error(errno.EPIPE, text) if name == "BrokenPipeError" else error(text)


# Items that pickle knows by name


def an_error():
    return ValueError("parcel lost", 3)


def an_exception_class():
    return queue.Empty


def a_function():
    return intact


def a_singleton(name):
    """The built-in object of this name: Ellipsis, NotImplemented."""
    return getattr(builtins, name)
