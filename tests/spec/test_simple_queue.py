"""SimpleQueue.

The simplest of the family: a pipe between two locks. What `put()` was given is in the pipe when it returns, by the
caller's own work; there is no thread, no limit but the pipe's, no time-out, and nothing left to do at the end of a
process.
"""

import roles

from queuespec import DOCS, OBSERVED, histories, raises, rule


@rule("simple.put-get", source=(DOCS / "SimpleQueue.get", DOCS / "SimpleQueue.put"), kinds=("SimpleQueue",))
def test_get_waits_for_an_item_that_another_process_puts(queue, child):
    """get() waits for an item that another process puts.

    `get()` has no time-out: a consumer relies on being woken, and on having the item for itself.
    """
    getting = child.calls.get()
    getting.stays_blocked()

    queue.put("late")

    assert getting.returns() == "late"
    assert queue.empty()


@rule("simple.put-keyword", level="de-facto", source=(OBSERVED, DOCS / "SimpleQueue.put"), kinds=("SimpleQueue",))
def test_the_keyword_of_put_is_obj(queue):
    """The keyword of put() is `obj`.

    The documentation calls it `item`, which no version has accepted; only the position is safe.
    """
    queue.put(obj="a")

    assert queue.get() == "a"


@rule("simple.visible-at-once", level="de-facto", source=OBSERVED, kinds=("SimpleQueue",))
def test_an_item_is_in_the_queue_when_put_has_returned(queue, child):
    """An item is in the queue when put() has returned.

    Nothing works in the background, so `empty()` tells the truth at once, in every process.
    """
    child.put("a")

    assert not queue.empty()


@rule("simple.fifo", source=DOCS / "pipes-and-queues", kinds=("SimpleQueue",))
def test_items_of_each_producer_come_out_in_the_order_they_were_put(queue, make_child):
    """Items of each producer come out in the order they were put.

    Several producers may be mixed in any way, but none of them is ever seen to contradict itself.
    """
    items = [[(producer, number) for number in range(30)] for producer in (1, 2)]
    producers = [make_child(queue).begins(roles.put_all, own) for own in items]

    received = queue.plays(roles.get_many, 60)

    histories.all_arrived(items[0] + items[1], received)
    histories.all_in_order(received)
    assert [call.returns() for call in producers] == [None, None]


@rule(
    "simple.process-and-thread-safe",
    source=(DOCS / "SimpleQueue", DOCS / "exchanging-objects-between-processes"),
    kinds=("SimpleQueue",),
)
def test_long_items_of_several_producers_stay_whole(queue, make_child):
    """Long items of several producers stay whole.

    An item longer than the pipe is written in pieces; the lock keeps the pieces of two writers apart.
    """
    items = [[(producer, number) for number in range(8)] for producer in (1, 2)]
    writing = [make_child(queue).begins(roles.put_long, own) for own in items]
    reading = [make_child(queue).begins(roles.get_long, 8) for _ in range(2)]

    received = [call.returns() for call in reading]

    histories.all_arrived(items[0] + items[1], *received)
    assert [call.returns() for call in writing] == [None, None]


@rule("simple.put-blocks-on-full-pipe", level="hazard", source=DOCS / "SimpleQueue", kinds=("SimpleQueue",))
def test_put_of_more_than_the_pipe_holds_waits_for_a_reader(queue, child):
    """put() of more than the pipe holds waits for a reader.

    A process that puts a large item and means to get it itself waits for ever.
    """
    large = "x" * 2_000_000
    putting = child.calls.put(large)
    putting.stays_blocked()

    assert queue.get() == large

    putting.returns()


@rule("simple.close", source=(DOCS / "SimpleQueue.close", DOCS / "SimpleQueue.empty"), kinds=("SimpleQueue",))
def test_empty_of_a_closed_queue_raises_OSError(queue):
    """empty() of a closed queue raises `OSError`.

    Its pipe is given back to the system, and the use of what is gone is told, not answered with a guess.
    """
    queue.close()
    queue.close()

    with raises(OSError):
        queue.empty()


@rule("simple.no-exit-wait", level="de-facto", source=OBSERVED, kinds=("SimpleQueue",))
def test_an_item_outlives_a_producer_that_exits_without_cleaning_up(queue, child):
    """An item outlives a producer that exits without cleaning up.

    There is nothing to flush at exit: what was put is already out of the process.
    """
    child.process.dies(roles.put_and_vanish, child, "a")

    assert queue.get() == "a"


@rule("simple.inheritance-only", source=DOCS / "all-start-methods", kinds=("SimpleQueue",))
def test_pickling_the_queue_outside_the_start_of_a_process_is_refused(queue):
    """Pickling the queue outside the start of a process is refused.

    A copy would be a queue with handles that mean nothing elsewhere; children are given the queue as they start.
    """
    with raises(RuntimeError):
        queue.plays(roles.length_of_pickle)
