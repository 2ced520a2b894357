"""Getting.

A consumer takes one item at a time, and that item is then gone from the queue. If there is none, the consumer waits,
waits for some time, or does not wait, whichever it has chosen; an attempt that ends in `Empty` has taken nothing. Any
number of processes may wait on the same queue.
"""

from items import blocks, patience, pickling
from roles import ending, looking, making, moving, timing

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
    each,
    histories,
    made,
    raises,
    rule,
    untested,
)


@rule(
    "get.blocks-when-empty",
    source=(DOCS / "Queue.get", DOCS / "SimpleQueue.get", ARTICLE / "Main Methods"),
    kinds=("Queue", "JoinableQueue", "SimpleQueue", "Manager.Queue", "Manager.JoinableQueue"),
    proves=("simple.put-get",),
)
def test_get_blocks_when_empty(queue, child):
    """get() waits until an item arrives.

    A consumer may start before its producer; it waits and misses nothing.
    """
    getting = child.calls.get()
    getting.stays_blocked()

    queue.put("late")

    assert getting.returns() == "late"


@rule("get.timeout-none-is-forever", source=DOCS / "Queue.get")
def test_get_timeout_none(queue, child):
    """get() with a timeout of `None` waits until an item arrives.

    Code that takes an optional timeout can pass it on without a special case.
    """
    getting = child.calls.get(True, None)
    getting.stays_blocked()

    queue.put("late")

    assert getting.returns() == "late"


@rule("get.timeout-raises-empty", source=(DOCS / "Queue.get", ARTICLE / "Customization Points"))
def test_get_timeout_raises_empty(queue):
    """get() with a timeout raises `Empty` when it has waited that long.

    A consumer whose producer is gone finds out, and can catch the exception by name.
    """
    getting = queue.calls.get(timeout=0.2)

    getting.raises(Empty)
    getting.waited(0.2)


@rule("get.timeout-kept", source=DOCS / "Queue.get")
@each("others", [0, 1], ids=["alone", "while another process waits"])
def test_get_timeout_is_kept(queue, make_child, others):
    """get() does not wait much longer than its timeout.

    A consumer can plan with its timeout. One late call may be system load; every call being late, at growing timeouts,
    is not.
    """
    for _ in range(others):
        make_child(queue).calls.get().stays_blocked()

    assert queue.plays(timing.overruns, "get", timeouts=timing.LIMITS) is None


@rule("get.timeout-returns-early", source=DOCS / "Queue.get")
def test_get_with_timeout_returns_early(queue, child):
    """get() with a timeout returns as soon as an item arrives.

    A timeout is a limit, not a delay.
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
def test_timeouts_end_a_program_left_alone(program):
    """A program that uses timeouts ends even if nobody is at the other end of its queue.

    Bounds and timeouts keep a system going when a part of it has failed.
    """
    alone = program("alone")

    alone.prints("nobody takes anything")
    alone.prints("nobody brings anything")
    assert alone.ends() == 0


@rule("get.signature", source=(DOCS / "Queue.get", ARTICLE / "Main Methods"))
@each(
    ("words", "named"),
    [((True, 0.1), {}), ((True,), {"timeout": 0.1}), ((), {"block": True, "timeout": 0.1})],
    ids=["by position", "timeout by name", "both by name"],
)
def test_get_signature(queue, words, named):
    """get() takes `block` and `timeout` by position or by name.

    Programs use both forms, and they mean the same.
    """
    getting = queue.calls.get(*words, **named)

    getting.raises(Empty)
    getting.waited(0.1)


@rule("get.defaults", source=DOCS / "Queue.get")
def test_get_defaults(queue):
    """get() waits without limit by default.

    A limit of some seconds that nobody asked for would end a program on its first slow day. "Forever" cannot be
    observed, so the test inspects the method's signature, if it has one.
    """
    queue.put("item")

    assert queue.get() == "item"
    assert queue.plays(looking.defaults_of, "get") == {"block": True, "timeout": None}


@rule("get.nonblocking-raises-empty", source=DOCS / "Queue.get")
def test_get_nonblocking_raises_empty(queue):
    """get() with `block=False` raises `Empty` on an empty queue.

    A consumer that has other work goes on with it.
    """
    with raises(Empty):
        queue.get(False)


@rule("get.nonblocking-takes-what-is-there", source=DOCS / "Queue.get")
def test_get_nonblocking_takes_available_item(queue, child):
    """get() with `block=False` returns an item that is available.

    Whatever a process had put before it exited is available without waiting.
    """
    child.put("item")
    child.process.leaves()

    assert queue.get(False) == "item"


@rule("get.nowait-equivalent", source=(DOCS / "Queue.get_nowait", ARTICLE / "Customization Points"))
def test_get_nowait_raises_empty(queue):
    """get_nowait() raises `Empty` on an empty queue.

    It is shorthand for get() with `block=False`.
    """
    with raises(Empty):
        queue.get_nowait()


@rule("get.nowait-takes-what-is-there", source=(DOCS / "Queue.get_nowait", ARTICLE / "Customization Points"))
def test_get_nowait_takes_available_item(queue, child):
    """get_nowait() returns an item that is available.

    A consumer may check from time to time and miss nothing.
    """
    child.put("item")
    child.process.leaves()

    assert queue.get_nowait() == "item"


@rule("get.timeout-ignored-nonblocking", source=DOCS / "Queue.get")
def test_get_nonblocking_ignores_timeout(queue):
    """get() with `block=False` ignores its timeout.

    A consumer that must not block never waits, whatever timeout it passes along.
    """
    with raises(Empty):
        queue.get(block=False, timeout=1000)


@rule("get.timeout-zero", source=OBSERVED, level="de-facto")
def test_get_timeout_zero(queue, child):
    """get() with a timeout of zero does not wait.

    What is left of a time budget may be zero, which must not turn into a wait without limit.
    """
    with raises(Empty):
        queue.get(timeout=0)
    child.put("item")
    child.process.leaves()

    assert queue.get(timeout=0) == "item"


@rule("get.timeout-negative", source=OBSERVED, level="de-facto")
def test_get_timeout_negative(queue, child):
    """get() with a negative timeout does not wait.

    An overdrawn time budget means that no time is left; it is not an error.
    """
    with raises(Empty):
        queue.get(timeout=-1)
    child.put("item")
    child.process.leaves()

    assert queue.get(timeout=-1) == "item"


@rule("get.any-timeout-takes-what-is-there", source=(DOCS / "Queue.get", ISSUE / "bpo-20147"))
def test_get_with_tiny_timeout_takes_item(queue, child):
    """get() with a tiny timeout still returns an item that is available.

    `Empty` means that there was no item in all that time, not that the time was short.
    """
    child.put("item")
    child.process.leaves()

    assert queue.get(timeout=1e-9) == "item"


@rule("get.timeout-by-steady-clock", source=CHANGELOG / "bpo-34054")
def test_get_timeout_ignores_the_system_clock(queue):
    """Changing the system clock does not affect the timeout of get().

    People and networks set clocks; no consumer gives up early because of that.
    """
    getting = queue.begins(timing.while_the_clock_is_changed, "get", timeout=0.2)

    getting.raises(Empty)
    getting.waited(0.2)


@rule("get.truthiness-of-block", source=OBSERVED, level="de-facto")
def test_get_takes_0_and_1_for_block(queue, child):
    """get() accepts 0 and 1 for `block`.

    Programs pass the result of an expression, or a flag from an older interface.
    """
    with raises(Empty):
        queue.get(0)
    getting = child.calls.get(1)
    getting.stays_blocked()

    queue.put("item")

    assert getting.returns() == "item"


@rule("get.failed-get-removes-nothing", source=DOCS / "Queue.get")
def test_failed_get_changes_nothing(small_queue, under_way, gate):
    """A get() that raises `Empty` leaves the queue unchanged.

    It does not take an item that is still being sent, and it makes no room for another.
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
@each("decision", [{}, {"block": False}, {"timeout": 1000}], ids=["waiting", "not waiting", "waiting for some time"])
def test_unpickling_error_consumes_the_item(small_queue, make_child, decision):
    """An item that cannot be unpickled is removed by the get() that raises the error.

    A consumer that survives the error goes on with the next item, and the room is free again.
    """
    child = make_child(small_queue)
    child.put(made(pickling.fragile))
    child.process.leaves()
    with raises(ZeroDivisionError):
        small_queue.get(**decision)

    small_queue.put("next")

    assert small_queue.get() == "next"


def _overruns(queue, child, timeouts):
    """Waits in the child and, half as long again, in the parent, until the parent's wait is not much too long.

    Returns an empty string, or a sentence that says how long each wait took if all of them were too long.
    """
    late, stretch = [], queue.process.plays(patience.stretched, 1.0)
    for timeout in (stretch * timeout for timeout in timeouts):
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
def test_each_waiting_process_gets_an_item(queue, make_child):
    """Each of several waiting processes gets an item of its own.

    Consumers share the work: no item is processed twice, and no consumer is forgotten.
    """
    waiting = [make_child(queue).calls.get() for _ in range(3)]
    for call in waiting:
        call.stays_blocked()

    for number in range(3):
        queue.put(number)

    histories.all_arrived(range(3), [call.returns() for call in waiting])


@rule("get.timed-while-other-blocked", source=DOCS / "Queue.get")
def test_get_timeout_while_another_process_waits(queue, child):
    """get() keeps to its timeout while another process waits.

    How long one consumer waits is not up to another.
    """
    waiting = child.calls.get()
    waiting.stays_blocked()

    getting = queue.calls.get(timeout=0.2)

    getting.raises(Empty)
    getting.waited(0.2)
    queue.put("item")
    assert waiting.returns() == "item"


@rule("get.timed-in-turn", source=(DOCS / "Queue.get", DOCS / "pipes-and-queues"))
def test_get_timeout_when_another_takes_the_item(queue, make_child, make_object, context):
    """get() with a timeout ends even if another process takes the item first.

    This holds at every step of the call: a consumer that has seen an item does not wait without limit when it loses it
    to another.
    """
    stopped, going_on = (make_object(making.event, context) for _ in range(2))
    first, its_stopped, its_going_on = make_child(queue, stopped, going_on)
    second = make_child(queue)
    line, has_stopped = 0, True
    while has_stopped:
        line += 1
        queue.put(line)
        getting = first.begins(timing.get_and_stop, line, 0.1, its_stopped, its_going_on)
        stopped.wait()
        taken = second.plays(moving.get_or_give_up, 0.05)
        going_on.set()

        got, has_stopped = getting.returns()

        assert ([item for item in (taken, got) if item != "nothing"] or [queue.get()]) == [line]
        stopped.clear()
        going_on.clear()


@rule("get.nowait-while-other-blocked", source=DOCS / "Queue.get")
def test_get_nowait_while_another_process_waits(queue, child):
    """A nonblocking get() does not wait for a process that is already waiting.

    A consumer that has other work need not stand in line.
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
def test_get_timeout_covers_waiting_in_line(queue, child):
    """The timeout of get() covers the time spent behind another waiting process.

    When that process gives up, the timeout does not start over. One late call may be system load; every call being
    late, at growing timeouts, is not.
    """
    late = _overruns(queue, child, timeouts=[0.1, 0.2, 0.4, 0.6, 0.8, 1.0])

    assert not late, late


@rule("get.no-eof", source=OBSERVED, level="de-facto", kinds=("Queue", "JoinableQueue", "SimpleQueue"))
def test_get_waits_after_last_producer_exits(queue, make_child):
    """get() keeps waiting after the last producer has exited.

    A queue has no end, only pauses; a program that needs an end puts a sentinel.
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
def test_blocked_get_can_be_interrupted(queue, make_child, make_object, context):
    """A blocked get() can be interrupted by Ctrl-C.

    A program that waits can be stopped, and other consumers still get their items.
    """
    signal_now = make_object(making.event, context)
    child, _ = make_child(queue, signal_now)
    getting = child.begins(timing.interrupted, signal_now, "get")
    getting.stays_blocked()

    signal_now.set()

    assert getting.returns() is True
    queue.put("item")
    assert queue.get() == "item"


@rule("get.timed-interruptible", source=DOCS / "synchronization-primitives", level="platform", systems=("POSIX",))
def test_get_with_timeout_can_be_interrupted(queue, make_child, make_object, context):
    """A blocked get() with a timeout can be interrupted by Ctrl-C.

    Wherever the wait was cut short, the call releases the locks that it holds.
    """
    signal_now = make_object(making.event, context)
    child, _ = make_child(queue, signal_now)
    getting = child.begins(timing.interrupted, signal_now, "get", True, 1000)
    getting.stays_blocked()

    signal_now.set()

    assert getting.returns() is True
    queue.put("item")
    assert queue.get() == "item"


@rule(
    "get.goes-on-after-signal",
    source=WHATS_NEW / "3.5",
    level="platform",
    kinds=("Queue", "JoinableQueue", "Manager.Queue", "Manager.JoinableQueue"),
    systems=("POSIX",),
)
@each("words", [{}, {"timeout": 1000}], ids=["waiting", "waiting for some time"])
def test_blocked_get_continues_after_signal(queue, child, words):
    """A blocked get() keeps waiting after a signal has been handled.

    A program may use signals for its own purposes; a handler that returns has interrupted nothing.
    """
    getting = child.begins(timing.among_signals, "get", **words)
    getting.stays_blocked()

    queue.put("item")

    assert getting.returns() == "item"


@rule("get.partial-message-overrun", source=OBSERVED, level="hazard", systems=("POSIX",))
def test_get_overruns_timeout_on_partial_item(queue, child, make_thread):
    """get() overruns its timeout while an item is only half received.

    The timeout covers the beginning of an item; a producer that stalls in the middle of one stalls its consumer.
    """
    consumer = make_thread(queue)
    child.put(made(blocks.zeros, 1_000_000))
    queue.plays(looking.wait_until_something_arrives)
    queue.process.plays(ending.suspend, child.process.pid)

    getting = consumer.begins(moving.get_size, timeout=0.001)
    getting.stays_blocked()

    queue.process.plays(ending.resume, child.process.pid)
    assert getting.returns() == 1_000_000


UNTESTED = [
    untested(
        "get.timeout-huge",
        "For get(), a timeout that is infinite, not a number, or too large has no defined meaning.",
        source=OBSERVED,
        reason="Nothing is documented, and what is too large differs between versions and systems.",
    ),
]
