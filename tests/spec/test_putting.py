"""Putting.

A producer hands an item over and goes on with its work: the queue keeps the item in a buffer, and a thread of its own
brings it on its way. Only when a bounded queue is full does the producer have to decide: wait, wait for some time, or
not wait at all. What it decides is what it gets, and an attempt that ended in `Full` leaves no trace.
"""

import pytest
import roles

from queuespec import ARTICLE, CHANGELOG, DOCS, ISSUE, OBSERVED, WHATS_NEW, Empty, Full, raises, rule, untested


@rule(
    "put.none-and-any-object",
    source=(DOCS / "exchanging-objects-between-processes", ARTICLE / "Conclusion"),
    kinds=("Queue", "JoinableQueue", "SimpleQueue", "Manager.Queue", "Manager.JoinableQueue"),
)
def test_None_is_an_item_like_any_other(queue):
    """`None` is an item like any other.

    Programs use it as their own end mark, so that the queue must not have a meaning for it.
    """
    queue.put(None)
    queue.put("after")

    assert queue.get() is None
    assert queue.get() == "after"


@rule(
    "put.returns-none",
    source=DOCS / "Queue.put",
    level="de-facto",
    kinds=("Queue", "JoinableQueue", "SimpleQueue", "Manager.Queue", "Manager.JoinableQueue"),
)
def test_put_returns_nothing(queue):
    """put() returns nothing.

    There is no answer to look at: what can go wrong is an exception.
    """
    assert queue.put("item") is None


@rule(
    "put.missing-argument",
    source=OBSERVED,
    level="de-facto",
    kinds=("Queue", "JoinableQueue", "SimpleQueue"),
)
def test_put_without_an_item_is_a_TypeError(queue):
    """put() without an item is a `TypeError`.

    A forgotten argument is told to whoever forgot it, and not to a consumer far away.
    """
    with raises(TypeError):
        queue.put()

    queue.put("item")

    assert queue.get() == "item"


@rule("put.room-never-blocks", source=(DOCS / "Queue.put", ARTICLE / "Main Methods"))
@pytest.mark.parametrize(
    "decision",
    [{}, {"block": False}, {"timeout": 0.1}],
    ids=["waiting", "not waiting", "waiting for some time"],
)
def test_put_returns_at_once_while_there_is_room(small_queue, decision):
    """put() returns at once while there is room.

    A producer does not depend on its consumer before the queue is full.
    """
    small_queue.put("item", **decision)

    assert small_queue.get() == "item"


@rule("put.returns-before-flush", source=(DOCS / "pipes-and-queues", DOCS / "Queue"), level="de-facto")
def test_put_returns_before_the_item_is_pickled(queue, gate):
    """put() returns before the item is pickled.

    A put costs its caller next to nothing, and so an item may be under way for a while before it can be got. A queue
    whose put() waits until a small item is in the pipe breaks no program.
    """
    queue.put(gate.item("late"))
    with raises(Empty):
        queue.get_nowait()

    gate.opens()

    assert queue.get() == "late"


@rule("put.feeder-starts-on-first-put", source=DOCS / "Queue")
def test_a_process_starts_one_thread_for_its_first_put(child):
    """A process starts one thread for its first put().

    A process that only consumes, or has not begun, has no thread that could get in its way.
    """
    with raises(Empty):
        child.get_nowait()
    counts = [child.process.plays(roles.count_threads)]

    for item in ("first", "second"):
        child.put(item)
        counts.append(child.process.plays(roles.count_threads))

    assert counts == [1, 2, 2]


@rule("put.one-feeder-for-all-threads", source=DOCS / "Queue")
def test_threads_that_put_for_the_first_time_together_start_one_thread(queue, parent, make_thread):
    """Threads that put for the first time together start one thread.

    Two senders would take turns at random, and only one of them would be told to end.
    """
    threads = [make_thread(queue) for _ in range(2)]
    before = parent.plays(roles.count_threads)

    putting = [thread.begins(roles.in_slow_motion, "put", "item") for thread in threads]

    assert [call.returns() for call in putting] == [None, None]
    assert parent.plays(roles.count_threads) <= before + 1
    assert queue.plays(roles.get_many, 2) == ["item", "item"]


@rule("put.blocks-when-full", source=(DOCS / "Queue.put", ARTICLE / "Main Methods"))
def test_put_waits_while_the_queue_is_full(small_queue, make_child):
    """put() waits while the queue is full.

    A producer that is faster than its consumer is slowed down, and loses nothing.
    """
    child = make_child(small_queue)
    small_queue.put("first")
    putting = child.calls.put("second")
    putting.stays_blocked()

    assert small_queue.get() == "first"

    putting.returns()
    assert small_queue.get() == "second"


@rule("put.timeout-none-is-forever", source=DOCS / "Queue.put")
def test_put_with_None_for_the_timeout_waits_without_limit(small_queue, make_child):
    """put() with `None` for the timeout waits without limit.

    None is how a program says that it has no limit, also where a limit could be given.
    """
    child = make_child(small_queue)
    small_queue.put("first")
    putting = child.calls.put("second", True, None)
    putting.stays_blocked()

    assert small_queue.get() == "first"

    putting.returns()


@rule("put.timeout-raises-full", source=(DOCS / "Queue.put", ARTICLE / "Customization Points"))
def test_put_with_a_timeout_raises_Full_when_it_has_waited_so_long(full_queue):
    """put() with a timeout raises `Full` when it has waited so long.

    A producer whose consumer has gone learns of it, by an exception that it can name: `queue.Full`.
    """
    putting = full_queue.calls.put("second", timeout=0.2)

    putting.raises(Full)
    putting.waited(0.2)


@rule("put.timeout-kept", source=DOCS / "Queue.put")
def test_put_does_not_wait_much_longer_than_its_timeout(full_queue):
    """put() does not wait much longer than its timeout.

    A busy machine may make one call late; it does not so again and again, while the limits grow.
    """
    assert full_queue.plays(roles.overruns, "put", "second", timeouts=roles.LIMITS) is None


@rule("put.timeout-succeeds-if-freed", source=DOCS / "Queue.put")
def test_put_with_a_timeout_succeeds_as_soon_as_there_is_room(small_queue, make_child):
    """put() with a timeout succeeds as soon as there is room.

    A time-out is a limit, and no pause: room that appears during the wait is used.
    """
    child = make_child(small_queue)
    small_queue.put("first")
    putting = child.calls.put("second", timeout=1000)
    putting.stays_blocked()

    assert small_queue.get() == "first"

    putting.returns()
    assert small_queue.get() == "second"


@rule("put.timeout-int-or-float", source=DOCS / "Queue.put")
@pytest.mark.parametrize("timeout", [1, 0.2])
def test_put_takes_the_timeout_in_seconds_and_parts_of_seconds(full_queue, timeout):
    """put() takes the timeout in seconds and parts of seconds.

    Half a second is neither none nor a whole one.
    """
    putting = full_queue.calls.put("second", timeout=timeout)

    putting.raises(Full)
    putting.waited(timeout)


@rule("put.signature", source=(DOCS / "Queue.put", ARTICLE / "Main Methods"))
@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("second", True, 0.1), {}),
        (("second", True), {"timeout": 0.1}),
        (("second",), {"block": True, "timeout": 0.1}),
        ((), {"obj": "second", "block": True, "timeout": 0.1}),
    ],
    ids=["by position", "timeout by name", "block and timeout by name", "all by name"],
)
def test_put_takes_obj_block_and_timeout_by_position_or_by_name(full_queue, words, named):
    """put() takes `obj` block and timeout by position or by name.

    Both ways are written in programs, and mean the same.
    """
    putting = full_queue.calls.put(*words, **named)

    putting.raises(Full)
    putting.waited(0.1)


@rule("put.defaults", source=DOCS / "Queue.put")
def test_put_waits_without_limit_unless_it_is_told_otherwise(queue):
    """put() waits without limit unless it is told otherwise.

    A limit of some seconds that nobody asked for would end a program on its first slow day. No test could wait long
    enough to see it, so the signature is asked, where there is one that says it.
    """
    queue.put("item")

    assert queue.get() == "item"
    assert queue.plays(roles.defaults_of, "put") == {"block": True, "timeout": None}


@rule("put.nonblocking-raises-full", source=DOCS / "Queue.put")
def test_put_that_must_not_block_raises_Full_on_a_full_queue(full_queue):
    """put() that must not block raises `Full` on a full queue.

    A producer that has other things to do goes on doing them.
    """
    with raises(Full):
        full_queue.put("second", False)


@rule("put.nowait-equivalent", source=(DOCS / "Queue.put_nowait", ARTICLE / "Customization Points"))
def test_put_nowait_puts_into_a_queue_with_room_or_else_raises_Full(small_queue):
    """put_nowait() puts into a queue with room or else raises `Full`.

    It is the short way to write a put that must not block.
    """
    small_queue.put_nowait(obj="first")
    with raises(Full):
        small_queue.put_nowait("second")

    assert small_queue.get() == "first"


@rule("put.timeout-ignored-nonblocking", source=DOCS / "Queue.put")
def test_put_that_must_not_block_does_not_wait_for_its_timeout(full_queue):
    """put() that must not block does not wait for its timeout.

    Not to wait is the stronger wish of the two.
    """
    with raises(Full):
        full_queue.put("second", block=False, timeout=1000)


@rule("put.timeout-zero", source=OBSERVED, level="de-facto")
def test_put_with_timeout_0_does_not_wait(small_queue):
    """put() with timeout 0 does not wait.

    What is left of a time budget may be nothing: that is a short wait, and not one without limit.
    """
    small_queue.put("first", timeout=0)

    with raises(Full):
        small_queue.put("second", timeout=0)


@rule("put.timeout-negative", source=OBSERVED, level="de-facto")
def test_put_with_a_negative_timeout_does_not_wait(small_queue):
    """put() with a negative timeout does not wait.

    A time budget that has been overdrawn is a short wait too, and no error.
    """
    small_queue.put("first", timeout=-1)

    with raises(Full):
        small_queue.put("second", timeout=-1)


@rule("put.failed-put-adds-nothing", source=(DOCS / "Queue.put", DOCS / "JoinableQueue.join"))
@pytest.mark.parametrize(
    ("method", "named"),
    [("put_nowait", {}), ("put", {"block": False}), ("put", {"timeout": 0.1})],
    ids=["put_nowait", "not waiting", "waiting for some time"],
)
def test_a_put_that_raised_Full_leaves_the_queue_as_it_was(full_queue, method, named):
    """A put() that raised `Full` leaves the queue as it was.

    The producer still has the item, and may try again: nothing of it is in the queue, and no room is lost.
    """
    with raises(Full):
        getattr(full_queue, method)("second", **named)

    assert full_queue.get() == "first"
    full_queue.put("third")
    assert full_queue.get() == "third"


@rule("put.failed-put-is-no-task", source=(DOCS / "Queue.put", DOCS / "JoinableQueue.join"), kinds=("JoinableQueue",))
def test_a_put_that_raised_Full_leaves_no_task_behind(full_queue):
    """A put() that raised `Full` leaves no task behind.

    `join()` waits for the items that are in the queue, and nobody could call `task_done()` for this one.
    """
    with raises(Full):
        full_queue.put_nowait("second")
    full_queue.get()
    full_queue.task_done()

    full_queue.join()


@rule("put.any-timeout-uses-room", source=DOCS / "Queue.put")
def test_put_with_a_timeout_that_is_over_at_once_still_uses_the_room_there_is(small_queue):
    """put() with a timeout that is over at once still uses the room there is.

    `Full` says that there was no room in all that time, and not that the time was short.
    """
    small_queue.put("first", timeout=1e-9)

    assert small_queue.get() == "first"


@rule("put.timeout-by-steady-clock", source=CHANGELOG / "bpo-34054")
def test_put_waits_for_its_timeout_although_the_time_of_day_is_changed(full_queue):
    """put() waits for its timeout although the time of day is changed.

    Clocks are set, by people and by the network; no program gives up early because of that.
    """
    putting = full_queue.begins(roles.while_the_clock_is_changed, "put", "second", timeout=0.2)

    putting.raises(Full)
    putting.waited(0.2)


@rule("put.goes-on-after-signal", source=WHATS_NEW / "3.5", level="platform", systems=("POSIX",))
def test_a_blocked_put_goes_on_waiting_after_a_signal_was_handled(small_queue, make_child):
    """A blocked put() goes on waiting after a signal was handled.

    A program may use signals for its own purposes; a handler that returns has interrupted nothing.
    """
    child = make_child(small_queue)
    small_queue.put("first")
    putting = child.begins(roles.among_signals, "put", "second", timeout=1000)
    putting.stays_blocked()

    assert small_queue.get() == "first"

    putting.returns()
    assert small_queue.get() == "second"


@rule("put.interruptible", source=DOCS / "synchronization-primitives", level="platform", systems=("POSIX",))
def test_a_blocked_put_can_be_interrupted(small_queue, make_child, make_object, context):
    """A blocked put() can be interrupted.

    Ctrl-C ends a program that waits; what the program then does with the queue still works.
    """
    signal_now = make_object(roles.event, context)
    child, _ = make_child(small_queue, signal_now)
    small_queue.put("first")
    putting = child.begins(roles.interrupted, signal_now, "put", "second")
    putting.stays_blocked()

    signal_now.set()

    assert putting.returns() is True
    assert small_queue.get() == "first"
    child.put("third")
    assert small_queue.get() == "third"


@rule("put.without-threads", source=ISSUE / "109047", level="de-facto", since=(3, 12, 1))
def test_what_is_put_while_no_thread_can_be_started_is_refused_or_sent_and_the_next_item_is_sent(queue):
    """What is put while no thread can be started is refused or sent and the next item is sent.

    Threads run out, for a while, in a process that has too many; an item that was taken nevertheless is sent.
    """
    taken = ["first"] if queue.plays(roles.put_without_threads, "first") else []

    queue.put("second")

    assert queue.plays(roles.get_many, len(taken) + 1) == [*taken, "second"]


UNTESTED = [
    untested(
        "put.timeout-odd-values",
        "A timeout that is infinite, or no number, has no defined meaning for put().",
        source=OBSERVED,
        reason="nothing is documented, and implementations differ: an error, a wait, or Full are all to be expected",
    ),
]
