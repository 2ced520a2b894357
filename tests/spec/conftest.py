"""Nouns of the specification other than processes and queues."""

import itertools

import pytest
from items import gates
from roles import looking

from queuespec import made
from queuespec.stage import NotApplicable

_numbers = itertools.count(1)


class Gate:
    """Holds back the pickling of its items until it is opened, which freezes the moment between put() and the pipe."""

    def __init__(self, parent):
        self._parent = parent
        self._name = f"gate {next(_numbers)}"

    def item(self, value):
        """An item for the parent to put, which arrives as `value` and is not pickled before the gate is opened."""
        return made(gates.gated, self._name, value)

    def holds_back_put(self):
        """Waits until an item is held back; returns whether put() itself pickles it, and so is held back as well."""
        return self._parent.plays(gates.wait_until_pickled, self._name)

    def opens(self):
        """Lets the items be pickled from now on."""
        self._parent.plays(gates.open_gate, self._name)


@pytest.fixture
def gate(parent):
    """A gate for items that the parent puts."""
    return Gate(parent)


@pytest.fixture
def under_way(make_thread, gate):
    """Puts an item that is not sent before the gate opens: ``under_way(queue, "late")``.

    A separate thread puts it, because put() may or may not wait for its item. The rule does not apply to a queue whose
    put() pickles the item itself: the gate can hold back nothing that follows.
    """

    def put(queue, value):
        putting = make_thread(queue).calls.put(gate.item(value))
        if gate.holds_back_put():
            gate.opens()
            putting.returns()
            raise NotApplicable(
                "put() pickles its item itself, so nothing can hold an item back between put() and the pipe"
            )
        return putting

    return put


@pytest.fixture
def requires():
    """Lets a rule apply only to a queue that has this method with these parameters:
    ``requires(queue, "join", "timeout")``. It is for methods that no documentation promises yet."""

    def ask(queue, method, *parameters):
        if not queue.plays(looking.has, method, parameters):
            raise NotApplicable(f"the queue does not have {method}({', '.join(parameters)}), and need not have it")

    return ask


@pytest.fixture
def small_queue(make_queue, kind):
    """A queue with room for one item."""
    return make_queue(maxsize=1)


@pytest.fixture
def full_queue(small_queue):
    """A queue with room for one item that holds one: "first"."""
    small_queue.put("first")
    return small_queue
