"""Nouns of the specification other than processes and queues."""

import itertools

import pytest
from items import gates

from queuespec import made

_numbers = itertools.count(1)


class Gate:
    """Holds back the pickling of its items until it is opened, which freezes the moment between put() and the pipe."""

    def __init__(self, actor):
        self._actor = actor
        self._name = f"gate {next(_numbers)}"

    def item(self, value):
        """An item that arrives as `value` and is not pickled before the gate is opened."""
        return made(gates.gated, self._name, value)

    def is_reached(self):
        """Waits until an item is held back."""
        self._actor.plays(gates.wait_at_gate, self._name)

    def opens(self):
        """Lets the items be pickled from now on."""
        self._actor.plays(gates.open_gate, self._name)


@pytest.fixture
def make_gate():
    """Makes a gate for items that the given actor puts: ``make_gate(child.process)``."""
    return Gate


@pytest.fixture
def gate(parent):
    """A gate for items that the parent puts."""
    return Gate(parent)


@pytest.fixture
def under_way(make_thread, gate):
    """Puts an item that is not sent before the gate opens: ``under_way(queue, "late")``.

    A separate thread puts it, because put() may or may not wait for its item.
    """

    def put(queue, value):
        putting = make_thread(queue).calls.put(gate.item(value))
        gate.is_reached()
        return putting

    return put


@pytest.fixture
def small_queue(make_queue, kind):
    """A queue with room for one item."""
    return make_queue(maxsize=1)


@pytest.fixture
def full_queue(small_queue):
    """A queue with room for one item that holds one: "first"."""
    small_queue.put("first")
    return small_queue
