"""SimpleQueue.

The simplest of the family: a pipe between two locks. What `put()` was given is in the pipe when it returns, by the
caller's own work; there is no thread, no limit but the pipe's, no time-out, and nothing left to do at the end of a
process.
"""

import roles

from queuespec import DOCS, OBSERVED, histories, raises, rule


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


@rule(
    "simple.put-blocks-on-full-pipe",
    level="hazard",
    source=(DOCS / "SimpleQueue", OBSERVED),
    kinds=("SimpleQueue",),
    proves=("cap.simple-has-none",),
)
def test_put_blocks_on_full_pipe(queue, child):
    """`SimpleQueue.put()` waits for a reader when the pipe is full.

    It has no limit and no buffer: a process that puts a large item and means to get it itself waits forever.
    """
    large = "x" * 2_000_000
    putting = child.calls.put(large)
    putting.stays_blocked()

    assert queue.get() == large

    putting.returns()


@rule(
    "simple.close",
    source=(DOCS / "SimpleQueue.close", DOCS / "SimpleQueue.empty"),
    kinds=("SimpleQueue",),
    proves=("look.empty-closed-simple",),
)
def test_closed_queue_cannot_be_looked_into(queue):
    """empty() on a closed `SimpleQueue` raises `OSError`.

    The pipe is gone, so using the queue raises an error instead of returning a guess; closing it once more is harmless.
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
