"""Items that cannot cross the judge's channel: actors make them. ``queue.put(made(items.unpicklable))``."""

import os
import threading

GATE_SECONDS = 60.0
"""Timeout for a gated item, in seconds: longer than any patience, but a feeder thread is not held back forever."""

_gates = {}


def echo(value):
    """The function that unpickles a `Gated` item; returns the plain value."""
    return value


class Gated:
    """An item whose pickling waits until its gate is opened; it arrives as a plain value."""

    def __init__(self, gate, value):
        self.gate = gate
        self.value = value

    def __reduce__(self):
        reached, opened = gate_named(self.gate)
        reached.set()
        if not opened.wait(GATE_SECONDS):
            raise TimeoutError("nobody opened the gate")
        return echo, (self.value,)


def gate_named(name):
    """Two events: pickling has begun, and pickling may continue."""
    return _gates.setdefault(name, (threading.Event(), threading.Event()))


def gated(gate, value):
    return Gated(gate, value)


def open_gate(gate):
    gate_named(gate)[1].set()


def wait_at_gate(gate):
    """Returns once an item is being pickled."""
    gate_named(gate)[0].wait(GATE_SECONDS)


class Refuses:
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
    return WhereItIsRebuilt()


class Unsendable:
    """An item that can be pickled only once: what arrives cannot be pickled again."""

    def __reduce__(self):
        return unpicklable, ()


def unsendable():
    """An item that can be put, but not sent on by its receiver."""
    return Unsendable()


def explode():
    raise ZeroDivisionError("this item cannot be unpickled")


class Fragile:
    """An item that can be pickled but not unpickled."""

    def __reduce__(self):
        return explode, ()


def fragile():
    """An item that raises `ZeroDivisionError` when it is unpickled."""
    return Fragile()


def block(size):
    """An item of `size` bytes; a million does not fit into the pipe of any platform."""
    return bytes(size)
