"""Getting.

A consumer takes one item at a time, and the item is then gone from the queue. Where there is none it waits, waits for
some time, or does not wait, as it says; an attempt that ended in `Empty` has taken nothing. Any number of processes may
wait at the same queue.
"""

import couriers
import endings
import items
import pytest
import roles

from queuespec import (
    ARTICLE,
    CHANGELOG,
    DOCS,
    ISSUE,
    OBSERVED,
    THREAD_QUEUE,
    WHATS_NEW,
    Empty,
    Full,
    histories,
    made,
    raises,
    rule,
    untested,
)


@rule(
    "get.removes-and-returns",
    source=(DOCS / "Queue.get", ARTICLE / "Main Methods"),
    kinds=("Queue", "JoinableQueue", "SimpleQueue", "Manager.Queue", "Manager.JoinableQueue"),
)
def test_get_removes_the_item_that_it_returns(queue):
    """get() removes the item that it returns.

    A job that was taken is not taken again.
    """
    queue.put("first")
    queue.put("second")

    assert queue.get() == "first"
    assert queue.get() == "second"


@rule(
    "get.blocks-when-empty",
    source=(DOCS / "Queue.get", ARTICLE / "Main Methods"),
    kinds=("Queue", "JoinableQueue", "SimpleQueue", "Manager.Queue", "Manager.JoinableQueue"),
)
def test_get_waits_until_an_item_arrives(queue, child):
    """get() waits until an item arrives.

    A consumer may arrive before its producer; it waits, and misses nothing.
    """
    getting = child.calls.get()
    getting.stays_blocked()

    queue.put("late")

    assert getting.returns() == "late"


@rule("get.timeout-none-is-forever", source=DOCS / "Queue.get")
def test_get_with_None_for_the_timeout_waits_without_limit(queue, child):
    """get() with `None` for the timeout waits without limit.

    None is how a program says that it has no limit, also where a limit could be given.
    """
    getting = child.calls.get(True, None)
    getting.stays_blocked()

    queue.put("late")

    assert getting.returns() == "late"


@rule("get.timeout-raises-empty", source=(DOCS / "Queue.get", ARTICLE / "Customization Points"))
def test_get_with_a_timeout_raises_Empty_when_it_has_waited_so_long(queue):
    """get() with a timeout raises `Empty` when it has waited so long.

    A consumer whose producer has gone learns of it, by an exception that it can name: `queue.Empty`.
    """
    getting = queue.calls.get(timeout=0.2)

    getting.raises(Empty)
    getting.waited(0.2)


@rule("get.timeout-kept", source=DOCS / "Queue.get")
@pytest.mark.parametrize("others", [0, 1], ids=["alone", "while another process waits"])
def test_get_does_not_wait_much_longer_than_its_timeout(queue, make_child, others):
    """get() does not wait much longer than its timeout.

    A busy machine may make one call late; it does not so again and again, while the limits grow.
    """
    for _ in range(others):
        make_child(queue).calls.get().stays_blocked()

    assert queue.plays(roles.overruns, "get", timeouts=roles.LIMITS) is None


@rule("get.timeout-returns-early", source=DOCS / "Queue.get")
def test_get_with_a_timeout_returns_as_soon_as_an_item_arrives(queue, child):
    """get() with a timeout returns as soon as an item arrives.

    A time-out is a limit, and no pause.
    """
    getting = child.calls.get(timeout=1000)
    getting.stays_blocked()

    queue.put("early")

    assert getting.returns() == "early"


@rule(
    "get.timeout-prevents-freeze",
    source=(ARTICLE / "Customization Points", ARTICLE / "Conclusion"),
    proves=("pattern.bounded-and-timed",),
    kinds=("Queue",),
)
def test_a_program_with_timeouts_ends_although_nobody_is_at_the_other_end(program):
    """A program with timeouts ends although nobody is at the other end.

    Bounds and time-outs keep a system in motion when a part of it has failed.
    """
    alone = program("alone")

    alone.prints("nobody takes anything")
    alone.prints("nobody brings anything")
    assert alone.ends() == 0


@rule("get.signature", source=(DOCS / "Queue.get", ARTICLE / "Main Methods"))
@pytest.mark.parametrize(
    ("words", "named"),
    [((True, 0.1), {}), ((True,), {"timeout": 0.1}), ((), {"block": True, "timeout": 0.1})],
    ids=["by position", "timeout by name", "both by name"],
)
def test_get_takes_block_and_timeout_by_position_or_by_name(queue, words, named):
    """get() takes block and timeout by position or by name.

    Both ways are written in programs, and mean the same.
    """
    getting = queue.calls.get(*words, **named)

    getting.raises(Empty)
    getting.waited(0.1)


@rule("get.defaults", source=DOCS / "Queue.get")
def test_get_waits_without_limit_unless_it_is_told_otherwise(queue):
    """get() waits without limit unless it is told otherwise.

    A limit of some seconds that nobody asked for would end a program on its first slow day. No test could wait long
    enough to see it, so the signature is asked, where there is one that says it.
    """
    queue.put("item")

    assert queue.get() == "item"
    assert queue.plays(roles.defaults_of, "get") == {"block": True, "timeout": None}


@rule("get.nonblocking-raises-empty", source=DOCS / "Queue.get")
def test_get_that_must_not_block_raises_Empty_on_an_empty_queue(queue):
    """get() that must not block raises `Empty` on an empty queue.

    A consumer that has other things to do goes on doing them.
    """
    with raises(Empty):
        queue.get(False)


@rule("get.nonblocking-takes-what-is-there", source=DOCS / "Queue.get")
def test_get_that_must_not_block_takes_an_item_that_is_there(queue, child):
    """get() that must not block takes an item that is there.

    What a process that has ended has put is there: it need not be waited for.
    """
    child.put("item")
    child.process.leaves()

    assert queue.get(False) == "item"


@rule("get.nowait-equivalent", source=(DOCS / "Queue.get_nowait", ARTICLE / "Customization Points"))
def test_get_nowait_on_an_empty_queue_raises_Empty(queue):
    """get_nowait() on an empty queue raises `Empty`.

    It is the short way to write a get that must not block.
    """
    with raises(Empty):
        queue.get_nowait()


@rule("get.nowait-takes-what-is-there", source=(DOCS / "Queue.get_nowait", ARTICLE / "Customization Points"))
def test_get_nowait_takes_an_item_that_is_there(queue, child):
    """get_nowait() takes an item that is there.

    A consumer may look in from time to time, and miss nothing.
    """
    child.put("item")
    child.process.leaves()

    assert queue.get_nowait() == "item"


@rule("get.timeout-ignored-nonblocking", source=DOCS / "Queue.get")
def test_get_that_must_not_block_does_not_wait_for_its_timeout(queue):
    """get() that must not block does not wait for its timeout.

    Not to wait is the stronger wish of the two.
    """
    with raises(Empty):
        queue.get(block=False, timeout=1000)


@rule("get.timeout-zero", source=OBSERVED, level="de-facto")
def test_get_with_timeout_0_does_not_wait(queue, child):
    """get() with timeout 0 does not wait.

    What is left of a time budget may be nothing: that is a short wait, and not one without limit.
    """
    with raises(Empty):
        queue.get(timeout=0)
    child.put("item")
    child.process.leaves()

    assert queue.get(timeout=0) == "item"


@rule("get.timeout-negative", source=OBSERVED, level="de-facto")
def test_get_with_a_negative_timeout_does_not_wait(queue, child):
    """get() with a negative timeout does not wait.

    A time budget that has been overdrawn is a short wait too, and no error.
    """
    with raises(Empty):
        queue.get(timeout=-1)
    child.put("item")
    child.process.leaves()

    assert queue.get(timeout=-1) == "item"


@rule("get.any-timeout-takes-what-is-there", source=(DOCS / "Queue.get", ISSUE / "bpo-20147"))
def test_get_with_a_timeout_that_is_over_at_once_still_takes_what_is_there(queue, child):
    """get() with a timeout that is over at once still takes what is there.

    `Empty` says that there was no item in all that time, and not that the time was short.
    """
    child.put("item")
    child.process.leaves()

    assert queue.get(timeout=1e-9) == "item"


@rule("get.timeout-by-steady-clock", source=CHANGELOG / "bpo-34054")
def test_get_waits_for_its_timeout_although_the_time_of_day_is_changed(queue):
    """get() waits for its timeout although the time of day is changed.

    Clocks are set, by people and by the network; no program gives up early because of that.
    """
    getting = queue.begins(roles.while_the_clock_is_changed, "get", timeout=0.2)

    getting.raises(Empty)
    getting.waited(0.2)


@rule("get.truthiness-of-block", source=OBSERVED, level="de-facto")
def test_get_takes_0_and_1_for_block(queue, child):
    """get() takes 0 and 1 for block.

    Programs pass the result of an expression, or what an older interface gave them.
    """
    with raises(Empty):
        queue.get(0)
    getting = child.calls.get(1)
    getting.stays_blocked()

    queue.put("item")

    assert getting.returns() == "item"


@rule("get.failed-get-removes-nothing", source=DOCS / "Queue.get")
def test_a_get_that_raised_Empty_leaves_the_queue_as_it_was(small_queue, under_way, gate):
    """A get() that raised `Empty` leaves the queue as it was.

    It takes no item that is still under way, and makes no room for another one.
    """
    under_way(small_queue, "item")
    with raises(Empty):
        small_queue.get_nowait()
    with raises(Empty):
        small_queue.get(timeout=0.1)

    with raises(Full):
        small_queue.put_nowait("too much")
    gate.opens()

    assert small_queue.get() == "item"


@rule("get.unpickle-error-consumes", source=OBSERVED, level="de-facto")
@pytest.mark.parametrize(
    "decision", [{}, {"block": False}, {"timeout": 1000}], ids=["waiting", "not waiting", "waiting for some time"]
)
def test_an_item_that_cannot_be_unpickled_is_gone_with_the_error(small_queue, make_child, decision):
    """An item that cannot be unpickled is gone with the error.

    A consumer that survives the error goes on with the next item, and the room is free again.
    """
    child = make_child(small_queue)
    child.put(made(items.fragile))
    child.process.leaves()
    with raises(ZeroDivisionError):
        small_queue.get(**decision)

    small_queue.put("next")

    assert small_queue.get() == "next"


def _overruns(queue, child, timeouts):
    """Waits in the child, and in the parent half as long again, until that takes not much too long.

    If it always does, what it took, in words; else the empty text.
    """
    late = []
    for timeout in timeouts:
        waiting, getting = child.calls.get(timeout=timeout), queue.calls.get(timeout=1.5 * timeout)
        waiting.raises(Empty)
        getting.raises(Empty)
        if getting.elapsed < 2 * timeout:
            return ""
        late.append(f"{getting.elapsed:.2f} s instead of {1.5 * timeout:.2f} s")
    return "every get() has waited too long: " + ", ".join(late)


@rule(
    "get.concurrent-blocked-getters",
    source=DOCS / "pipes-and-queues",
    kinds=("Queue", "JoinableQueue", "SimpleQueue"),
)
def test_each_of_several_waiting_processes_gets_an_item_of_its_own(queue, make_child):
    """Each of several waiting processes gets an item of its own.

    Consumers share the work: none is done twice, and none of them is forgotten.
    """
    waiting = [make_child(queue).calls.get() for _ in range(3)]
    for call in waiting:
        call.stays_blocked()

    for number in range(3):
        queue.put(number)

    histories.all_arrived(range(3), [call.returns() for call in waiting])


@rule("get.timed-while-other-blocked", source=DOCS / "Queue.get")
def test_get_with_a_timeout_keeps_it_while_another_process_waits(queue, child):
    """get() with a timeout keeps it while another process waits.

    How long one consumer waits is not for another one to decide.
    """
    waiting = child.calls.get()
    waiting.stays_blocked()

    getting = queue.calls.get(timeout=0.2)

    getting.raises(Empty)
    getting.waited(0.2)
    queue.put("item")
    assert waiting.returns() == "item"


@rule("get.timed-in-turn", source=(DOCS / "Queue.get", DOCS / "pipes-and-queues"))
def test_a_timed_get_ends_although_another_one_takes_the_item(queue, make_child, make_object, context):
    """A timed get() ends although another one takes the item.

    Whichever of its steps it is at: between seeing an item and taking it nobody else may come.
    """
    stopped, going_on = (make_object(roles.event, context) for _ in range(2))
    first, its_stopped, its_going_on = make_child(queue, stopped, going_on)
    second = make_child(queue)
    line, has_stopped = 0, True
    while has_stopped:
        line += 1
        queue.put(line)
        getting = first.begins(endings.get_and_stop, line, 0.1, its_stopped, its_going_on)
        stopped.wait()
        taken = second.plays(couriers.get_or_give_up, 0.05)
        going_on.set()

        got, has_stopped = getting.returns()

        assert ([item for item in (taken, got) if item != "nothing"] or [queue.get()]) == [line]
        stopped.clear()
        going_on.clear()


@rule("get.nowait-while-other-blocked", source=DOCS / "Queue.get")
def test_get_that_must_not_block_does_not_wait_for_another_process_that_waits(queue, child):
    """get() that must not block does not wait for another process that waits.

    Whoever has other things to do does not queue up either.
    """
    waiting = child.calls.get()
    waiting.stays_blocked()

    with raises(Empty):
        queue.get_nowait()
    with raises(Empty):
        queue.get(block=False, timeout=1000)

    queue.put("item")
    assert waiting.returns() == "item"


@rule("get.timeout-counts-all-waiting", source=DOCS / "Queue.get")
def test_get_does_not_begin_its_timeout_anew_when_another_process_has_given_up(queue, child):
    """get() does not begin its timeout anew when another process has given up.

    The time spent behind another consumer is part of the wait; not so again and again, while the limits grow.
    """
    late = _overruns(queue, child, timeouts=[0.1, 0.2, 0.4, 0.6, 0.8, 1.0])

    assert not late, late


@rule("get.no-eof", source=OBSERVED, level="de-facto", kinds=("Queue", "JoinableQueue", "SimpleQueue"))
def test_get_goes_on_waiting_when_the_last_producer_has_ended(queue, make_child):
    """get() goes on waiting when the last producer has ended.

    A queue has no end, only pauses: programs that want one put an item that says so.
    """
    consumer, producer = make_child(queue), make_child(queue)
    producer.put("item")
    assert consumer.get() == "item"
    getting = consumer.calls.get()

    producer.process.leaves()

    getting.stays_blocked()
    queue.put("more")
    assert getting.returns() == "more"


@rule(
    "get.interruptible",
    source=(DOCS / "synchronization-primitives", THREAD_QUEUE / "Queue.get"),
    level="platform",
    systems=("POSIX",),
    kinds=("Queue", "JoinableQueue", "SimpleQueue"),
)
def test_a_blocked_get_can_be_interrupted(queue, make_child, make_object, context):
    """A blocked get() can be interrupted.

    Ctrl-C ends a program that waits, and does not keep the other consumers from their items.
    """
    signal_now = make_object(roles.event, context)
    child, _ = make_child(queue, signal_now)
    getting = child.begins(roles.interrupted, signal_now, "get")
    getting.stays_blocked()

    signal_now.set()

    assert getting.returns() is True
    queue.put("item")
    assert queue.get() == "item"


@rule("get.timed-interruptible", source=DOCS / "synchronization-primitives", level="platform", systems=("POSIX",))
def test_a_get_with_a_timeout_can_be_interrupted_as_well(queue, make_child, make_object, context):
    """A get() with a timeout can be interrupted as well.

    It gives back what it holds, whichever of its ways of waiting was cut short.
    """
    signal_now = make_object(roles.event, context)
    child, _ = make_child(queue, signal_now)
    getting = child.begins(roles.interrupted, signal_now, "get", True, 1000)
    getting.stays_blocked()

    signal_now.set()

    assert getting.returns() is True
    queue.put("item")
    assert queue.get() == "item"


@rule(
    "get.goes-on-after-signal",
    source=WHATS_NEW / "3.5",
    level="platform",
    systems=("POSIX",),
)
@pytest.mark.parametrize("words", [{}, {"timeout": 1000}], ids=["waiting", "waiting for some time"])
def test_a_blocked_get_goes_on_waiting_after_a_signal_was_handled(queue, child, words):
    """A blocked get() goes on waiting after a signal was handled.

    A program may use signals for its own purposes; a handler that returns has interrupted nothing.
    """
    getting = child.begins(roles.among_signals, "get", **words)
    getting.stays_blocked()

    queue.put("item")

    assert getting.returns() == "item"


@rule("get.partial-message-overrun", source=OBSERVED, level="hazard", systems=("POSIX",))
def test_get_overruns_its_timeout_while_an_item_is_half_received(queue, child, make_thread):
    """get() overruns its timeout while an item is half received.

    The limit is for the beginning of an item: a producer that stalls in the middle of one stalls its consumer.
    """
    consumer = make_thread(queue)
    child.put(made(items.block, 1_000_000))
    queue.plays(roles.wait_until_something_arrives)
    queue.process.plays(roles.suspend, child.process.pid)

    getting = consumer.begins(roles.get_size, timeout=0.001)
    getting.stays_blocked()

    queue.process.plays(roles.resume, child.process.pid)
    assert getting.returns() == 1_000_000


UNTESTED = [
    untested(
        "get.timeout-huge",
        "A timeout that is infinite, no number, or too long to be counted has no defined meaning for get().",
        source=OBSERVED,
        reason="nothing is documented, and what is too long differs between versions and systems",
    ),
]
