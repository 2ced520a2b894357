"""Getting.

A consumer takes one item at a time.
"""

import roles

from queuespec import DOCS, Empty, raises, rule


@rule("get.blocks-when-empty", source=DOCS / "Queue.get")
def test_get_waits_until_an_item_arrives(queue, child):
    """A consumer may arrive before its producer; it waits, and misses nothing."""
    getting = child.calls.get()
    getting.stays_blocked()

    queue.put("late")

    assert getting.returns() == "late"


@rule("get.nonblocking-raises-empty", source=DOCS / "Queue.get")
def test_get_nowait_on_an_empty_queue_raises_Empty(queue):
    """Why."""
    with raises(Empty):
        queue.get_nowait()


@rule("put.returns-before-flush", source=DOCS / "pipes-and-queues")
def test_put_returns_before_the_item_is_pickled(queue, gate):
    """Why."""
    queue.put(gate.item("late"))
    with raises(Empty):
        queue.get_nowait()

    gate.opens()

    assert queue.get() == "late"


@rule("pattern.token-ring", source=DOCS / "pipes-and-queues", kinds=("Queue",))
def test_a_value_that_circulates_counts_every_increment(queue, make_child):
    """Why."""
    queue.put(0)
    children = [make_child(queue) for _ in range(2)]

    work = [child.begins(roles.increment, loops=50) for child in children]
    for call in work:
        call.returns()

    assert [child.process.leaves() for child in children] == [0, 0]
    assert queue.get_nowait() == 100


@rule("order.fifo-in-process", source=DOCS / "pipes-and-queues")
def test_items_come_out_in_the_order_they_were_put(queue):
    """Why."""
    queue.put("a")
    queue.put("b")

    assert queue.get() == "a"
    assert queue.get() == "b"
