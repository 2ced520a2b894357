"""Items that are held back: their pickling or unpickling waits until somebody lets it go on."""

import threading
from typing import Any

from items import pickling
from items.patience import HOLD_SECONDS

_gates: dict[str, tuple[threading.Event, threading.Event]] = {}
_pickled_by_maker: set[str] = set()
"""The gates of the items that the thread that made them pickles itself."""


class Gated:
    """An item whose pickling waits until its gate is opened; it arrives as a plain value."""

    def __init__(self, gate, value):
        self.gate = gate
        self.value = value
        self.maker = threading.get_ident()

    def __reduce__(self):
        reached, opened = gate_named(self.gate)
        if threading.get_ident() == self.maker:
            _pickled_by_maker.add(self.gate)
        reached.set()
        if not opened.wait(HOLD_SECONDS):
            raise TimeoutError("nobody opened the gate")
        return pickling.echo, (self.value,)


def gate_named(name):
    """Two events: pickling has begun, and pickling may continue."""
    return _gates.setdefault(name, (threading.Event(), threading.Event()))


def gated(gate, value):
    """Makes an item whose pickling waits until the gate of this name is opened."""
    return Gated(gate, value)


def open_gate(gate):
    """Lets the items of the gate be pickled from now on."""
    gate_named(gate)[1].set()


def wait_until_pickled(gate):
    """Waits until an item of the gate is being pickled; returns whether the thread that made it does that."""
    gate_named(gate)[0].wait(HOLD_SECONDS)
    return gate in _pickled_by_maker


class HeldBack:
    """An item whose pickling waits for an event, which may be set by another process; it arrives as a plain string.

    A second event, if given, is set when the pickling begins.
    """

    def __init__(self, event, text, begun=None):
        self.event = event
        self.text = text
        self.begun = begun

    def __reduce__(self):
        if self.begun is not None:
            self.begun.set()
        if not self.event.wait(HOLD_SECONDS):
            raise TimeoutError("nobody set the event")
        return str, (self.text,)


class HeldBackAndBad(HeldBack):
    """One that cannot be pickled even then."""

    def __reduce__(self):
        super().__reduce__()
        raise ValueError("this item cannot be pickled")


def held_back(event, text, begun=None):
    """Makes an item whose pickling waits for the event; sets `begun`, if given, when its pickling begins."""
    return HeldBack(event, text, begun)


class SlowToArrive:
    """An item whose unpickling waits in a process that plays `get_slowly`; it arrives as a plain string."""

    def __init__(self, text):
        self.text = text

    def __reduce__(self):
        return arrive_slowly, (self.text,)


_arrivals: list[tuple[Any, Any]] = []
"""Pairs of events: one says that unpickling has begun, the other that it may end."""


def arrive_slowly(text):
    """Unpickles a `SlowToArrive` item: announces that it has begun, waits until it may end, and returns the string."""
    for begun, opening in _arrivals:
        begun.set()
        if not opening.wait(HOLD_SECONDS):
            raise TimeoutError("nobody set the event")
    return text
