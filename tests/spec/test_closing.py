"""Closing.

`put()` only hands an item to the queue; a feeder thread of the same process moves it into the pipe. `close()` says that
this process is done with the queue, `join_thread()` waits until the feeder has moved everything, and
`cancel_join_thread()` gives that up. This chapter is about the three calls, the next one about what happens without
them when a process ends.
"""

import endings
import pytest
import roles

from queuespec import CHANGELOG, DOCS, ISSUE, OBSERVED, Empty, made, raises, rule, untested

ITEMS = [f"item {number:02}" for number in range(50)]


@rule("close.no-more-puts", source=(DOCS / "Queue.put", DOCS / "Queue.close"))
@pytest.mark.parametrize("form", ["put", "put_nowait"])
@pytest.mark.parametrize("maxsize", [0, 1], ids=["room left", "full"])
def test_put_after_close_raises_ValueError(make_queue, maxsize, form):
    """put() after close() raises `ValueError`.

    Something put after the end would never leave the process; an error says so, even where the queue is full.
    """
    queue = make_queue(maxsize)
    queue.put("before")
    queue.close()

    with raises(ValueError):
        getattr(queue, form)("after")


@rule("close.no-more-gets", source=(DOCS / "Queue.get", DOCS / "Queue.close"))
@pytest.mark.parametrize("form", ["get", "get_nowait"])
@pytest.mark.parametrize("items", [[], ["waiting"]], ids=["empty", "item waiting"])
def test_get_after_close_raises_ValueError(queue, child, items, form):
    """get() after close() raises `ValueError`.

    A process that has closed the queue has no part in it any more: its items are for the others.
    """
    child.plays(roles.put_all, items)
    child.process.leaves()

    queue.close()

    with raises(ValueError):
        getattr(queue, form)()


UNTESTED = [
    untested(
        "close.must-not-use",
        "A closed queue must not be used any more.",
        source=(DOCS / "Queue.close", DOCS / "SimpleQueue.close"),
        reason="This binds the user. What other methods do then is open; that put() and get() raise ValueError are "
        "rules of their own.",
    ),
]


@rule("close.idempotent", source=OBSERVED, level="de-facto", kinds=("Queue", "JoinableQueue", "SimpleQueue"))
@pytest.mark.parametrize("items", [[], ["used"]], ids=["unused", "used"])
def test_a_second_close_does_nothing(queue, items):
    """A second close does nothing.

    Clean-up code may run twice.
    """
    queue.plays(roles.put_all, items)
    queue.close()

    assert queue.close() is None


@rule("close.flushes", source=DOCS / "Queue.close")
def test_everything_put_before_close_is_delivered(queue, make_child, make_object, context):
    """Everything put before close() is delivered.

    Closing is the end of putting, not of what was put.
    """
    opening = make_object(roles.event, context)
    child, child_opening = make_child(queue, opening)
    child.plays(endings.put_held_back, child_opening, "first")
    child.plays(roles.put_all, ITEMS)

    child.close()
    opening.set()
    child.join_thread()
    child.process.dies(endings.vanish)

    assert queue.plays(endings.drain) == ["first", *ITEMS]


@rule("close.is-silent", source=(DOCS / "Queue.close", CHANGELOG / "bpo-47029"))
def test_nothing_is_printed_when_a_queue_is_closed_while_an_item_is_under_way(program, kind):
    """Nothing is printed when a queue is closed while an item is under way.

    A program that puts and closes quickly would otherwise end with the traceback of a broken pipe, now and then.
    """
    program("late_close", kind).prints_nothing_but("closed\n")


@rule("close.feeder-ends", source=DOCS / "Queue.close")
def test_no_thread_is_left_after_close_and_join_thread(queue, child, parent):
    """No thread is left after close() and join_thread().

    A service that makes a queue a job would otherwise collect threads.
    """
    before = parent.plays(endings.threads)
    queue.put("a")

    queue.close()
    queue.join_thread()

    assert parent.plays(endings.threads) == before
    assert child.get() == "a"


@rule("close.does-not-wait", source=DOCS / "Queue.join_thread", level="de-facto")
def test_close_returns_before_the_items_are_flushed(queue, child, gate):
    """close() returns before the items are flushed.

    Waiting is what join_thread() is for.
    """
    queue.put(gate.item("late"))

    queue.close()
    gate.opens()

    assert child.get() == "late"


@rule(
    "close.closes-once",
    source=OBSERVED,
    level="de-facto",
    kinds=("Queue", "JoinableQueue", "SimpleQueue"),
)
def test_a_closed_queue_that_is_dropped_closes_nothing_that_others_have_opened_since(program, kind):
    """A closed queue that is dropped closes nothing that others have opened since.

    The system gives the numbers of closed files out again: who closes a second time closes somebody else's.
    """
    program("second_close", kind).prints_nothing_but("still open\n")


@rule("close.gc-closes", source=DOCS / "Queue.close")
def test_a_queue_that_is_garbage_collected_is_closed_as_well(program, kind):
    """A queue that is garbage collected is closed as well.

    A queue may simply be forgotten: what was put still arrives, and its thread ends.
    """
    forgetting = program("garbage", kind, "child")

    assert forgetting.ends() == 0
    forgetting.prints("child got late")


@rule("close.gc-is-silent", source=OBSERVED, level="de-facto")
@pytest.mark.parametrize("reader", ["child", "nobody"])
def test_nothing_is_printed_when_a_queue_is_garbage_collected(program, kind, reader):
    """Nothing is printed when a queue is garbage collected.

    An error in the clean-up reaches nobody who could catch it; it would only puzzle whoever reads the output.
    """
    program("garbage", kind, reader).prints_nothing_but(f"{reader} got late\n")


@rule("close.blocked-put-not-woken", source=OBSERVED, level="de-facto")
def test_close_does_not_wake_a_put_that_another_thread_waits_in(make_queue, make_child, make_thread):
    """close() does not wake a put() that another thread waits in.

    Only a consumer makes room; to stop a waiting producer, get an item or give put() a timeout.
    """
    queue = make_queue(maxsize=1)
    child, thread = make_child(queue), make_thread(queue)
    queue.put("first")
    putting = thread.calls.put("second")
    putting.stays_blocked()

    queue.close()
    putting.stays_blocked()
    child.get()

    putting.succeeds_or_raises(ValueError)


@rule("jt.after-close-waits", source=(DOCS / "Queue.join_thread", ISSUE / "75069"), proves=("jt.any-process",))
def test_join_thread_waits_until_the_items_are_in_the_pipe(queue, child, make_thread, under_way, gate):
    """join_thread() waits until the items are in the pipe.

    After it a producer may tell others that the items are there, also the producer that created the queue.
    """
    under_way(queue, "flushed")
    queue.close()
    joining = make_thread(queue).calls.join_thread()
    joining.stays_blocked()

    gate.opens()
    joining.returns()

    assert child.get_nowait() == "flushed"


@rule("jt.blocks-until-drained", source=DOCS / "Queue.join_thread")
def test_join_thread_waits_for_a_reader_of_more_than_the_pipe_holds(queue, child):
    """join_thread() waits for a reader of more than the pipe holds.

    Nothing is dropped for want of room: a producer that flushes needs a consumer that reads.
    """
    child.put(made(endings.large))
    child.close()
    joining = child.calls.join_thread()
    joining.stays_blocked()

    assert queue.plays(endings.get_size) == endings.LARGE

    joining.returns()


@rule("jt.requires-close", source=DOCS / "Queue.join_thread")
def test_join_thread_before_close_is_refused(queue):
    """join_thread() before close() is refused.

    The feeder of an open queue does not end: waiting for it would be waiting for ever.
    """
    queue.put("a")

    with raises(Exception):
        queue.join_thread()


@rule("jt.unused-returns", source=DOCS / "Queue.join_thread")
def test_join_thread_of_a_queue_never_put_to_returns_at_once(queue):
    """join_thread() of a queue never put to returns at once.

    Clean-up code need not know whether there was anything to clean up.
    """
    with raises(Empty):
        queue.get_nowait()
    queue.close()

    assert queue.join_thread() is None
    assert queue.join_thread() is None


@rule("cancel.join-thread-noop", source=(DOCS / "Queue.cancel_join_thread", DOCS / "Queue.join_thread"))
def test_join_thread_does_not_wait_after_cancel_join_thread(queue, child):
    """join_thread() does not wait after cancel_join_thread().

    Who gives the data up is not held up by it.
    """
    child.put("before")
    assert queue.get() == "before"
    child.cancel_join_thread()
    child.put(made(endings.large))
    child.close()

    child.join_thread()

    assert child.process.leaves() == 0


@rule("cancel.exit-without-flush", source=(DOCS / "Queue.cancel_join_thread", DOCS / "pipes-and-queues"))
def test_after_cancel_join_thread_a_process_ends_although_nobody_reads(queue, child):
    """After cancel_join_thread() a process ends although nobody reads.

    The way out for a producer whose consumers are gone.
    """
    child.put("before")
    assert queue.get() == "before"
    child.put(made(endings.large))

    child.cancel_join_thread()

    assert child.process.leaves() == 0


@rule("cancel.before-first-put", source=DOCS / "Queue.cancel_join_thread")
def test_cancel_join_thread_before_the_first_put_counts_as_well(queue, child):
    """cancel_join_thread() before the first put() counts as well.

    It is said once, and need not be said at the right moment.
    """
    queue.put("for the child")
    assert child.get() == "for the child"
    child.cancel_join_thread()
    child.put(made(endings.large))

    assert child.process.leaves() == 0


@rule("cancel.own-process-only", source=(DOCS / "Queue.cancel_join_thread", DOCS / "pipes-and-queues"))
def test_cancel_join_thread_in_one_process_does_not_count_for_another(queue, make_child, make_object, context):
    """cancel_join_thread() in one process does not count for another.

    Each process decides about what it has put itself.
    """
    opening = make_object(roles.event, context)
    queue.put("before")
    assert queue.get() == "before"
    queue.cancel_join_thread()
    child, child_opening = make_child(queue, opening)
    child.plays(endings.put_held_back, child_opening, "kept")

    child.process.begins_to_leave()
    if not opening.is_set():
        child.process.stays_alive()
    opening.set()

    assert child.process.ends() == 0
    assert queue.plays(endings.drain) == ["kept"]


@rule("cancel.exit-of-main", source=(DOCS / "Queue.cancel_join_thread", ISSUE / "75069"))
def test_after_cancel_join_thread_the_main_program_ends_although_nobody_reads(program, kind):
    """After cancel_join_thread() the main program ends although nobody reads.

    It created the queue, and is no exception.
    """
    assert program("cancelled_main", kind).ends() == 0


UNTESTED += [
    untested(
        "cancel.may-lose-data",
        "After `cancel_join_thread()` data may be lost.",
        source=DOCS / "Queue.cancel_join_thread",
        reason="Neither loss nor arrival is promised, so every outcome conforms.",
    ),
]
