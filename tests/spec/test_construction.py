"""Construction and API surface.

A context makes a queue, with or without a capacity. The queue has nearly the methods of a thread queue, and a few more
for its feeder thread and its pipe; the two exceptions that it raises are those of the module `queue`. What it lacks
matters as much, since programs ask for it: there is no `shutdown()`, no length and no iteration.
"""

from roles import looking, moving

from queuespec import ARTICLE, CHANGELOG, DOCS, ISSUE, OBSERVED, THREAD_QUEUE, Full, each, raises, rule, untested

PROCESS_QUEUES = ("Queue", "JoinableQueue", "SimpleQueue")
WITH_MANAGER = ("Queue", "JoinableQueue", "Manager.Queue", "Manager.JoinableQueue")


@rule("api.queue-methods", source=(DOCS / "Queue", DOCS / "pipes-and-queues"))
def test_queue_has_thread_queue_methods(queue):
    """A queue has the methods of a thread queue to put, to get, and to look without taking.

    Code written for threads can be given a queue for processes.
    """
    names = ["qsize", "empty", "full", "put", "put_nowait", "get", "get_nowait"]

    assert queue.plays(looking.missing_among, names) == []


@rule("api.queue-not-joinable", source=DOCS / "Queue", level="de-facto", kinds=("Queue",))
def test_plain_queue_has_no_task_methods(queue):
    """A plain `Queue` has neither task_done() nor join().

    Code that waits for its tasks to be done needs a `JoinableQueue`, and its first call says so.
    """
    assert queue.plays(looking.found_among, ["task_done", "join"]) == []


@rule("api.extra-methods", source=DOCS / "Queue")
def test_queue_has_closing_methods(queue):
    """A queue has close(), join_thread() and cancel_join_thread().

    Unlike a thread queue, it has a pipe and a feeder thread, and these methods decide how the two end.
    """
    assert queue.plays(looking.missing_among, ["close", "join_thread", "cancel_join_thread"]) == []


@rule("api.joinable-is-queue", source=DOCS / "JoinableQueue", kinds=("JoinableQueue",))
def test_joinable_queue_is_a_queue(queue, make_queue):
    """A `JoinableQueue` is a `Queue`.

    Code that takes a `Queue` takes a `JoinableQueue` as well, even if it asks isinstance().
    """
    plain = make_queue(kind="Queue")

    assert queue.plays(looking.is_an_instance_of_the_class_of, plain)


@rule("api.joinable-methods", source=DOCS / "JoinableQueue", kinds=("JoinableQueue",))
def test_joinable_queue_has_task_methods(queue):
    """A `JoinableQueue` has task_done() and join().

    A producer can wait until its items have been processed, not merely taken.
    """
    assert queue.plays(looking.missing_among, ["task_done", "join"]) == []


@rule(
    "api.simple-surface",
    source=DOCS / "SimpleQueue",
    kinds=("SimpleQueue",),
)
def test_simple_queue_methods(queue):
    """A `SimpleQueue` has put(), get(), empty() and close().

    It is a pipe with locks, for programs that need no more.
    """
    assert queue.plays(looking.missing_among, ["put", "get", "empty", "close"]) == []


@rule("api.simple-surface-only", source=DOCS / "SimpleQueue", level="de-facto", kinds=("SimpleQueue",))
def test_simple_queue_has_no_other_methods(queue):
    """A `SimpleQueue` has no methods for size, nonblocking calls, finished tasks or a feeder thread.

    It has neither a buffer nor a thread; a program that needs these methods needs a `Queue`.
    """
    names = ["qsize", "full", "put_nowait", "get_nowait", "task_done", "join", "join_thread", "cancel_join_thread"]

    assert queue.plays(looking.found_among, names) == []


@rule("api.simple-no-timeout", source=DOCS / "SimpleQueue", level="de-facto", kinds=("SimpleQueue",))
def test_simple_queue_get_takes_no_timeout(queue):
    """Passing a timeout to `SimpleQueue.get()` raises `TypeError`.

    If the timeout were accepted and ignored, the program would wait forever.
    """
    queue.put("x")

    with raises(TypeError):
        queue.get(timeout=0.1)


@rule("api.simple-not-queue", source=OBSERVED, level="de-facto", kinds=("SimpleQueue",))
def test_simple_queue_is_not_a_queue(queue, make_queue):
    """A `SimpleQueue` is not a `Queue`.

    It lacks most of what code may expect of a `Queue`, so isinstance() tells the two apart.
    """
    plain = make_queue(kind="Queue")

    assert not queue.plays(looking.is_an_instance_of_the_class_of, plain)


@rule("api.empty-full-identity", source=(DOCS / "pipes-and-queues", THREAD_QUEUE / "Empty"), kinds=WITH_MANAGER)
def test_get_nowait_raises_empty_of_queue_module(queue):
    """get_nowait() on an empty queue raises `queue.Empty`, not a class of the same name.

    One except clause serves thread queues and process queues; a look-alike would escape it.
    """
    assert queue.plays(looking.can_be_caught_as, "Empty", "get_nowait")


@rule("api.full-identity", source=(DOCS / "pipes-and-queues", THREAD_QUEUE / "Full"), kinds=WITH_MANAGER)
def test_put_nowait_raises_full_of_queue_module(make_queue):
    """put_nowait() on a full queue raises `queue.Full`, not a class of the same name.

    A producer catches the `Full` that it knows from thread queues.
    """
    queue = make_queue(maxsize=1)
    queue.put("x")

    assert queue.plays(looking.can_be_caught_as, "Full", "put_nowait", "y")


@rule(
    "api.empty-full-not-exported",
    source=DOCS / "pipes-and-queues",
    level="de-facto",
    kinds=(),
    needs=("start methods",),
)
def test_empty_and_full_are_not_exported(module):
    """`multiprocessing` exports neither `Empty` nor `Full`.

    Programs import them from `queue`; a second name could come to mean a second class.
    """
    assert module.plays(looking.found_among, ["Empty", "Full"]) == []


@rule("api.not-timeout-error", source=(DOCS / "pipes-and-queues", DOCS / "TimeoutError"), level="de-facto")
def test_empty_is_no_timeout_error(queue):
    """A get() that times out raises an `Empty` that is not a `TimeoutError`.

    Code that catches `TimeoutError`, whether Python's or that of `multiprocessing`, does not catch an empty queue.
    """
    classes = queue.plays(looking.classes_of_the_time_out, "get", [True, 0.1])

    assert "Empty" in classes
    assert "TimeoutError" not in classes


@rule("api.not-timeout-error-put", source=(DOCS / "pipes-and-queues", DOCS / "TimeoutError"), level="de-facto")
def test_full_is_no_timeout_error(make_queue):
    """A put() that times out raises a `Full` that is not a `TimeoutError`.

    Code that catches `TimeoutError`, whether Python's or that of `multiprocessing`, does not catch a full queue.
    """
    queue = make_queue(maxsize=1)
    queue.put("x")

    classes = queue.plays(looking.classes_of_the_time_out, "put", ["y", True, 0.1])

    assert "Full" in classes
    assert "TimeoutError" not in classes


@rule("api.factories-not-classes", source=OBSERVED, level="de-facto", kinds=PROCESS_QUEUES, needs=("start methods",))
def test_module_queues_are_not_classes(module, kind):
    """The module's `Queue`, `JoinableQueue` and `SimpleQueue` are functions that make queues, not classes.

    They cannot be subclassed or passed to isinstance(); the classes are in `multiprocessing.queues`.
    """
    assert not module.plays(looking.is_a_class, kind)


@rule("api.generic-alias-queue", source=CHANGELOG, since=(3, 12))
def test_queue_class_can_be_subscripted(queue):
    """The class of a queue can be subscripted, and the result is a generic alias.

    A type hint can say what the queue holds.
    """
    assert queue.plays(looking.kind_of_the_class_with_a_parameter) == "GenericAlias"


@rule("api.generic-alias-simple", source=CHANGELOG, since=(3, 9), kinds=("SimpleQueue",))
def test_simple_queue_class_can_be_subscripted(queue):
    """The class of a `SimpleQueue` can be subscripted, and the result is a generic alias.

    A type hint can say what the queue holds.
    """
    assert queue.plays(looking.kind_of_the_class_with_a_parameter) == "GenericAlias"


@rule("api.shutdown-absent", source=(DOCS / "Queue", ISSUE / "147965"), level="de-facto", kinds=PROCESS_QUEUES)
def test_process_queue_has_no_shutdown(queue):
    """A process queue has no shutdown() method.

    Code that relies on shutdown() of thread queues gets an error immediately, not a process that waits forever. The
    documentation says what is missing, not that a queue may not have it.
    """
    assert queue.plays(looking.found_among, ["shutdown"]) == []


@rule("api.no-len-iter-with", source=OBSERVED, level="de-facto", kinds=PROCESS_QUEUES)
def test_no_length_iteration_or_with(queue):
    """A queue has no length, is not iterable, and is not a context manager.

    Length and iteration would promise answers that other processes can change at any time.
    """
    assert queue.plays(looking.found_among, ["__len__", "__iter__", "__enter__"]) == []


@rule("api.queue-is-true", source=OBSERVED, level="de-facto", kinds=PROCESS_QUEUES)
def test_empty_queue_is_true(queue):
    """A queue is true even if it is empty.

    `if queue:` asks whether there is a queue, not whether it holds an item.
    """
    assert queue.plays(looking.is_true)


@rule("ctor.maxsize-default", source=(DOCS / "Queue", ARTICLE / "Specifications"))
def test_queue_without_maxsize_accepts_items(queue):
    """A queue made without `maxsize` accepts items without waiting for a consumer.

    Producers never wait unless the program asks for a limit.
    """
    queue.plays(moving.put_numbers_without_waiting, 1000)

    assert queue.plays(moving.get_many, 1000) == list(range(1000))


@rule("ctor.maxsize-passed", source=(DOCS / "Queue", ARTICLE / "Specifications"), kinds=WITH_MANAGER)
@each(("args", "kwargs"), [([1], {}), ([], {"maxsize": 1})], ids=["by-position", "by-name"])
def test_maxsize_by_position_or_name(make_queue, args, kwargs):
    """`maxsize` may be passed by position or by name.

    Programs use both forms.
    """
    queue = make_queue(*args, **kwargs)
    queue.put("a")

    with raises(Full):
        queue.put_nowait("b")


@rule("ctor.maxsize-nonpositive", source=(THREAD_QUEUE / "Queue", ARTICLE / "Specifications"), kinds=WITH_MANAGER)
@each("maxsize", [0, -1, -1_000_000])
def test_nonpositive_maxsize_means_no_limit(make_queue, maxsize):
    """A `maxsize` of zero or less means no limit.

    A computed capacity that comes out as zero does not block the first producer.
    """
    queue = make_queue(maxsize)

    queue.plays(moving.put_numbers_without_waiting, 200)

    assert queue.plays(moving.get_many, 200) == list(range(200))


@rule("ctor.unlimited-has-ceiling", source=ISSUE / "119534", level="hazard", systems=("macOS",))
def test_ceiling_of_unlimited_queue_on_macos(queue):
    """On macOS, a queue without a limit is full at 32,767 items.

    Semaphores cannot count any further there; a producer that puts more while nobody gets waits forever.
    """
    accepted = queue.plays(moving.put_until_full, 32768)
    for begin in range(0, accepted, 4096):
        queue.plays(moving.get_many, min(4096, accepted - begin))

    assert accepted == 32767


@rule("ctor.maxsize-above-ceiling", source=ISSUE / "119534", level="de-facto", needs=("semaphores",))
def test_maxsize_above_ceiling_is_refused(make_queue):
    """A `maxsize` that is too large for a semaphore to count raises an exception.

    A queue that silently held fewer items would block a producer that had asked for more.
    """
    with raises(Exception):
        make_queue(maxsize=2**31)


@rule("ctor.maxsize-type", source=THREAD_QUEUE / "Queue", level="de-facto")
@each("maxsize", [None, "3", 1.5])
def test_maxsize_must_be_an_integer(make_queue, maxsize):
    """A `maxsize` that is not an integer raises `TypeError`.

    A wrong capacity fails when the queue is made, not at the first put().
    """
    with raises(TypeError):
        make_queue(maxsize)


@rule("ctor.simple-no-args", source=DOCS / "SimpleQueue", level="de-facto", kinds=("SimpleQueue",))
@each(("args", "kwargs"), [([1], {}), ([], {"maxsize": 1})], ids=["by-position", "by-name"])
def test_simple_queue_takes_no_maxsize(make_queue, args, kwargs):
    """Passing `maxsize` to a `SimpleQueue` raises `TypeError`.

    If a capacity were accepted and ignored, producers would not be held back where the program expects it.
    """
    with raises(TypeError):
        make_queue(*args, **kwargs)


UNTESTED = [
    untested(
        "ctor.uses-pipe-and-locks",
        "A queue is implemented with a pipe, locks and semaphores.",
        source=(DOCS / "Queue", ARTICLE / "Overview"),
        reason="Any implementation that behaves the same will do; what follows from this one has rules of its own.",
    ),
]
