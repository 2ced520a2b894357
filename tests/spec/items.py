"""Items that cannot cross the judge's channel: actors make them. ``queue.put(made(items.unpicklable))``."""

import os
import threading

GATE_SECONDS = 60.0
"""How long a gated item waits; longer than any patience, and an end for a feeder that nobody frees."""

_gates = {}


def echo(value):
    """What `Gated` is rebuilt by: the plain value."""
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
    """Two events: an item is being pickled, and may be pickled."""
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
    """An item that refuses to be pickled, also by those who can pickle more than the standard library: functions."""
    return Refuses()


class WhereItIsRebuilt:
    """An item that arrives as the id of the process that re-created it."""

    def __reduce__(self):
        return os.getpid, ()


def where_it_is_rebuilt():
    return WhereItIsRebuilt()


class Unsendable:
    """An item that can be pickled once: what arrives refuses."""

    def __reduce__(self):
        return unpicklable, ()


def unsendable():
    """An item that can be put, and cannot be sent on by whoever gets it."""
    return Unsendable()


def explode():
    raise ZeroDivisionError("this item cannot be made again")


class Fragile:
    """An item that is pickled well, and fails while it is unpickled."""

    def __reduce__(self):
        return explode, ()


def fragile():
    """An item whose receiver gets a `ZeroDivisionError`."""
    return Fragile()


def block(size):
    """That many bytes: a million is more than a pipe takes on any system."""
    return bytes(size)
