"""Putting.

A producer hands over an item and goes on with its work: the queue keeps the item in a buffer, from which its feeder
thread sends it. Only when a bounded queue is full does the producer have to decide: wait, wait for some time, or not
wait at all. The queue does what the producer has decided, and an attempt that ends in `Full` leaves no trace.
"""

from roles import looking, making, moving, timing

from queuespec import ARTICLE, CHANGELOG, DOCS, ISSUE, OBSERVED, WHATS_NEW, Empty, Full, each, raises, rule, untested


@rule(
    "put.none-and-any-object",
    source=(DOCS / "exchanging-objects-between-processes", ARTICLE / "Conclusion"),
    kinds=("Queue", "JoinableQueue", "SimpleQueue", "Manager.Queue", "Manager.JoinableQueue"),
)
def test_none_is_an_item(queue):
    """`None` is an item like any other.

    Many programs use it as their sentinel, so the queue must not give it a meaning of its own.
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
def test_put_returns_none(queue):
    """put() returns `None`.

    There is nothing to check: a put() that returns has accepted the item.
    """
    assert queue.put("item") is None


@rule(
    "put.missing-argument",
    source=OBSERVED,
    level="de-facto",
    kinds=("Queue", "JoinableQueue", "SimpleQueue"),
)
def test_put_without_item_raises(queue):
    """put() without an item raises `TypeError`.

    A forgotten argument fails in the process that forgot it, not in a consumer far away.
    """
    with raises(TypeError):
        queue.put()

    queue.put("item")

    assert queue.get() == "item"


@rule("put.room-never-blocks", source=(DOCS / "Queue.put", ARTICLE / "Main Methods"))
@each(
    "decision",
    [{}, {"block": False}, {"timeout": 0.1}],
    ids=["waiting", "not waiting", "waiting for some time"],
)
def test_put_does_not_wait_while_there_is_room(small_queue, decision):
    """put() does not wait while the queue has room.

    A producer does not depend on its consumer until the queue is full.
    """
    small_queue.put("item", **decision)

    assert small_queue.get() == "item"


@rule("put.returns-before-flush", source=(DOCS / "pipes-and-queues", DOCS / "Queue"), level="de-facto")
def test_put_returns_before_pickling(queue, gate):
    """put() returns before the item is pickled.

    A call costs the producer next to nothing, and the item may become available a little later. A queue whose put()
    waits until a small item is in the pipe breaks no program.
    """
    queue.put(gate.item("late"))
    with raises(Empty):
        queue.get_nowait()

    gate.opens()

    assert queue.get() == "late"


@rule("put.feeder-starts-on-first-put", source=DOCS / "Queue", level="de-facto", needs=("buffer",))
def test_first_put_starts_the_feeder_thread(child):
    """The first put() of a process starts one thread, and later calls start none.

    A process that only gets, or has not put anything yet, has no thread that could get in its way. The documentation
    describes how its queue is built; a queue may be built without a thread.
    """
    with raises(Empty):
        child.get_nowait()
    assert child.process.plays(looking.count_threads) == 1

    child.put("first")
    assert child.process.plays(looking.count_threads) == 2

    child.put("second")
    assert child.process.plays(looking.count_threads) == 2


@rule("put.one-feeder-for-all-threads", source=DOCS / "Queue")
def test_simultaneous_first_puts_start_one_feeder(queue, parent, make_thread):
    """Threads that make their first put() at the same time start only one feeder thread.

    Two feeder threads would send items in random order, and only one of them would ever be stopped.
    """
    threads = [make_thread(queue) for _ in range(2)]
    before = parent.plays(looking.count_threads)

    putting = [thread.begins(timing.in_slow_motion, "put", "item") for thread in threads]

    for call in putting:
        call.returns()
    assert parent.plays(looking.count_threads) <= before + 1
    assert queue.plays(moving.get_many, 2) == ["item", "item"]


@rule("put.blocks-when-full", source=(DOCS / "Queue.put", ARTICLE / "Main Methods"))
def test_put_blocks_when_full(small_queue, make_child):
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
def test_put_timeout_none(small_queue, make_child):
    """put() with a timeout of `None` waits until there is room.

    Code that takes an optional timeout can pass it on without a special case.
    """
    child = make_child(small_queue)
    small_queue.put("first")
    putting = child.calls.put("second", True, None)
    putting.stays_blocked()

    assert small_queue.get() == "first"

    putting.returns()


@rule("put.timeout-raises-full", source=(DOCS / "Queue.put", ARTICLE / "Customization Points"))
def test_put_timeout_raises_full(full_queue):
    """put() with a timeout raises `Full` when it has waited that long.

    A producer whose consumer is gone finds out, and can catch the exception by name.
    """
    putting = full_queue.calls.put("second", timeout=0.2)

    putting.raises(Full)
    putting.waited(0.2)


@rule("put.timeout-kept", source=DOCS / "Queue.put")
def test_put_timeout_is_kept(full_queue):
    """put() does not wait much longer than its timeout.

    A producer can plan with its timeout. One late call may be system load; every call being late, at growing timeouts,
    is not.
    """
    assert full_queue.plays(timing.overruns, "put", "second", timeouts=timing.LIMITS) is None


@rule("put.timeout-succeeds-if-freed", source=DOCS / "Queue.put")
def test_put_with_timeout_uses_room_as_it_appears(small_queue, make_child):
    """put() with a timeout succeeds as soon as there is room.

    A timeout is a limit, not a delay.
    """
    child = make_child(small_queue)
    small_queue.put("first")
    putting = child.calls.put("second", timeout=1000)
    putting.stays_blocked()

    assert small_queue.get() == "first"

    putting.returns()
    assert small_queue.get() == "second"


@rule("put.timeout-int-or-float", source=DOCS / "Queue.put")
@each("timeout", [1, 0.2])
def test_put_timeout_in_fractions_of_seconds(full_queue, timeout):
    """put() accepts its timeout in whole or fractional seconds.

    Half a second is neither zero nor one.
    """
    putting = full_queue.calls.put("second", timeout=timeout)

    putting.raises(Full)
    putting.waited(timeout)


@rule("put.signature", source=(DOCS / "Queue.put", ARTICLE / "Main Methods"))
@each(
    ("words", "named"),
    [
        (("second", True, 0.1), {}),
        (("second", True), {"timeout": 0.1}),
        (("second",), {"block": True, "timeout": 0.1}),
        ((), {"obj": "second", "block": True, "timeout": 0.1}),
    ],
    ids=["by position", "timeout by name", "block and timeout by name", "all by name"],
)
def test_put_signature(full_queue, words, named):
    """put() takes `obj`, `block` and `timeout` by position or by name.

    Programs use both forms, and they mean the same.
    """
    putting = full_queue.calls.put(*words, **named)

    putting.raises(Full)
    putting.waited(0.1)


@rule("put.defaults", source=DOCS / "Queue.put")
def test_put_defaults(queue):
    """put() waits without limit by default.

    A limit of some seconds that nobody asked for would end a program on its first slow day. "Forever" cannot be
    observed, so the test inspects the method's signature, if it has one.
    """
    queue.put("item")

    assert queue.get() == "item"
    assert queue.plays(looking.defaults_of, "put") == {"block": True, "timeout": None}


@rule("put.nonblocking-raises-full", source=DOCS / "Queue.put")
def test_put_nonblocking_raises_full(full_queue):
    """put() with `block=False` raises `Full` on a full queue.

    A producer that has other work goes on with it.
    """
    with raises(Full):
        full_queue.put("second", False)


@rule("put.nowait-equivalent", source=(DOCS / "Queue.put_nowait", ARTICLE / "Customization Points"))
def test_put_nowait(small_queue):
    """put_nowait() adds an item if there is room, and raises `Full` otherwise.

    It is shorthand for put() with `block=False`.
    """
    small_queue.put_nowait(obj="first")
    with raises(Full):
        small_queue.put_nowait("second")

    assert small_queue.get() == "first"


@rule("put.timeout-ignored-nonblocking", source=DOCS / "Queue.put")
def test_put_nonblocking_ignores_timeout(full_queue):
    """put() with `block=False` ignores its timeout.

    A producer that must not block never waits, whatever timeout it passes along.
    """
    with raises(Full):
        full_queue.put("second", block=False, timeout=1000)


@rule("put.timeout-zero", source=OBSERVED, level="de-facto")
def test_put_timeout_zero(small_queue):
    """put() with a timeout of zero does not wait.

    What is left of a time budget may be zero, which must not turn into a wait without limit.
    """
    small_queue.put("first", timeout=0)

    with raises(Full):
        small_queue.put("second", timeout=0)


@rule("put.timeout-negative", source=OBSERVED, level="de-facto")
def test_put_timeout_negative(small_queue):
    """put() with a negative timeout does not wait.

    An overdrawn time budget means that no time is left; it is not an error.
    """
    small_queue.put("first", timeout=-1)

    with raises(Full):
        small_queue.put("second", timeout=-1)


@rule("put.failed-put-adds-nothing", source=(DOCS / "Queue.put", DOCS / "JoinableQueue.join"))
@each(
    ("method", "named"),
    [("put_nowait", {}), ("put", {"block": False}), ("put", {"timeout": 0.1})],
    ids=["put_nowait", "not waiting", "waiting for some time"],
)
def test_failed_put_changes_nothing(full_queue, method, named):
    """A put() that raises `Full` leaves the queue unchanged.

    The producer still has the item and may try again: nothing of it is in the queue, and no room is lost.
    """
    with raises(Full):
        getattr(full_queue, method)("second", **named)

    assert full_queue.get() == "first"
    full_queue.put("third")
    assert full_queue.get() == "third"


@rule("put.any-timeout-uses-room", source=DOCS / "Queue.put")
def test_put_with_tiny_timeout_uses_room(small_queue):
    """put() with a tiny timeout still succeeds if there is room.

    `Full` means that there was no room in all that time, not that the time was short.
    """
    small_queue.put("first", timeout=1e-9)

    assert small_queue.get() == "first"


@rule("put.timeout-by-steady-clock", source=CHANGELOG / "bpo-34054")
def test_put_timeout_ignores_the_system_clock(full_queue):
    """Changing the system clock does not affect the timeout of put().

    People and networks set clocks; no producer gives up early because of that.
    """
    putting = full_queue.begins(timing.while_the_clock_is_changed, "put", "second", timeout=0.2)

    putting.raises(Full)
    putting.waited(0.2)


@rule(
    "put.goes-on-after-signal",
    source=WHATS_NEW / "3.5",
    level="platform",
    kinds=("Queue", "JoinableQueue", "Manager.Queue", "Manager.JoinableQueue"),
    systems=("POSIX",),
)
def test_blocked_put_continues_after_signal(small_queue, make_child):
    """A blocked put() keeps waiting after a signal has been handled.

    A program may use signals for its own purposes; a handler that returns has interrupted nothing.
    """
    child = make_child(small_queue)
    small_queue.put("first")
    putting = child.begins(timing.among_signals, "put", "second", timeout=1000)
    putting.stays_blocked()

    assert small_queue.get() == "first"

    putting.returns()
    assert small_queue.get() == "second"


@rule("put.interruptible", source=DOCS / "synchronization-primitives", level="platform", systems=("POSIX",))
def test_blocked_put_can_be_interrupted(small_queue, make_child, make_object, context):
    """A blocked put() can be interrupted by Ctrl-C.

    A program that waits can be stopped, and the queue still works for whatever it does next.
    """
    signal_now = make_object(making.event, context)
    child, _ = make_child(small_queue, signal_now)
    small_queue.put("first")
    putting = child.begins(timing.interrupted, signal_now, "put", "second")
    putting.stays_blocked()

    signal_now.set()

    assert putting.returns() is True
    assert small_queue.get() == "first"
    child.put("third")
    assert small_queue.get() == "third"


@rule("put.without-threads", source=ISSUE / "109047", level="de-facto", since=(3, 12, 1))
def test_put_when_no_thread_can_be_started(queue):
    """A put() that cannot start a thread raises an exception or sends its item later, and the next put() works.

    A process may run out of threads for a while; no item that was accepted is lost because of it.
    """
    taken = ["first"] if queue.plays(moving.put_without_threads, "first") else []

    queue.put("second")

    assert queue.plays(moving.get_many, len(taken) + 1) == [*taken, "second"]


UNTESTED = [
    untested(
        "put.timeout-odd-values",
        "For put(), a timeout that is infinite or not a number has no defined meaning.",
        source=OBSERVED,
        reason="Nothing is documented, and implementations differ: expect an error, a wait, or `Full`.",
    ),
]
