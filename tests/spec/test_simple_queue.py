"""SimpleQueue.

The simplest queue of the family: a pipe protected by locks. `put()` writes its item to the pipe before it returns, in
the calling thread; there is no feeder thread, no limit other than that of the pipe, no timeout, and nothing left to do
when a process exits.
"""

from roles import moving

from queuespec import DOCS, OBSERVED, histories, raises, rule


@rule("simple.put-keyword", level="de-facto", source=(OBSERVED, DOCS / "SimpleQueue.put"), kinds=("SimpleQueue",))
def test_put_keyword(queue):
    """put() accepts its item as the keyword argument `obj`.

    The documentation calls the parameter `item`, a name that no version accepts; only passing by position is safe.
    """
    queue.put(obj="a")

    assert queue.get() == "a"


@rule("simple.visible-at-once", level="de-facto", source=OBSERVED, kinds=("SimpleQueue",))
def test_put_is_visible_immediately(queue, child):
    """An item is in the queue as soon as put() has returned.

    Nothing runs in the background, so empty() is immediately accurate in every process.
    """
    child.put("a")

    assert not queue.empty()


@rule(
    "simple.process-and-thread-safe",
    source=(DOCS / "SimpleQueue", DOCS / "exchanging-objects-between-processes"),
    kinds=("SimpleQueue",),
)
def test_long_items_stay_intact(queue, make_child):
    """Long items that are put by several processes stay intact.

    An item longer than the pipe is written in pieces; a lock keeps the pieces of two writers apart.
    """
    items = [[(producer, number) for number in range(8)] for producer in (1, 2)]
    writing = [make_child(queue).begins(moving.put_long, own) for own in items]
    reading = [make_child(queue).begins(moving.get_long, 8) for _ in range(2)]

    received = [call.returns() for call in reading]

    histories.all_arrived(items[0] + items[1], *received)
    for call in writing:
        call.returns()


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
def test_item_survives_exit_without_cleanup(queue, child):
    """An item survives a producer that exits without cleanup.

    There is nothing to flush at exit: put() has already written the item to the pipe.
    """
    child.process.dies(moving.put_and_vanish, child, "a")

    assert queue.get() == "a"
