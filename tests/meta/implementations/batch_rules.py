"""Batches.

A call can take several items, which costs less than a call for each.
"""

import batch_roles

from queuespec import Empty, raises, rule

README = "https://github.com/alex-petrenko/faster-fifo#readme"


@rule("batch.blocks-when-empty", source=README, kinds=("Queue",))
def test_blocks_when_empty(queue, child):
    """get_many() waits until an item arrives.

    A consumer that takes many items may start before its producer; it need not poll.
    """
    getting = child.calls.get_many()
    getting.stays_blocked()

    queue.put("late")

    assert getting.returns() == ["late"]


@rule("batch.nonblocking-raises-empty", source=README, kinds=("Queue",))
def test_nonblocking_raises_empty(queue):
    """get_many(block=False) raises Empty if no item is available.

    A consumer can do other work in the meantime, as with get().
    """
    with raises(Empty):
        queue.get_many(block=False)


@rule("batch.limited", source=README, kinds=("Queue",), needs=("batch.limit",))
def test_limited(queue, make_child):
    """get_many() returns no more than `max_messages_to_get` items.

    A consumer with room for a few items is given no more than these.
    """
    producer, consumer = make_child(queue), make_child(queue)
    producer.plays(batch_roles.put_all, ["a", "b", "c"])
    producer.process.leaves()

    taking = consumer.calls.get_many(max_messages_to_get=2)

    taking.returns_one_of(["a"], ["a", "b"])


@rule("batch.complete", source="as get() does", kinds=("Queue",))
def test_complete(queue, make_child):
    """get_many() returns all items, in the order in which one process put them.

    How many of them a call returns is left open.
    """
    producer, consumer = make_child(queue), make_child(queue)
    producer.plays(batch_roles.put_all, ["a", "b", "c"])
    producer.process.leaves()

    assert consumer.plays(batch_roles.take, 3) == ["a", "b", "c"]
