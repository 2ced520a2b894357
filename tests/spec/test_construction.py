"""Construction and API surface.

A queue is made by a context, with a capacity or without. It has nearly the methods of the queue that threads use, plus
those that deal with its thread and its pipe; the two exceptions it speaks through are those of the module `queue`. What
it does not have matters as much, since programs ask for it: no `shutdown()`, no length, no end of iteration.
"""

import pytest
import roles
import roles_construction as looks

from queuespec import ARTICLE, CHANGELOG, DOCS, ISSUE, OBSERVED, THREAD_QUEUE, Full, raises, rule, untested

PROCESS_QUEUES = ("Queue", "JoinableQueue", "SimpleQueue")
WITH_MANAGER = ("Queue", "JoinableQueue", "Manager.Queue", "Manager.JoinableQueue")


@rule("api.queue-methods", source=(DOCS / "Queue", DOCS / "pipes-and-queues"))
def test_a_queue_has_the_methods_of_a_thread_queue(queue):
    """A queue has the methods of a thread queue.

    Code that was written for threads can be given a queue for processes.
    """
    names = ["qsize", "empty", "full", "put", "put_nowait", "get", "get_nowait"]

    assert queue.plays(looks.missing_among, names) == []


@rule("api.queue-not-joinable", source=DOCS / "Queue", level="de-facto", kinds=("Queue",))
def test_a_plain_queue_counts_no_finished_tasks(queue):
    """A plain queue counts no finished tasks.

    Code that waits for its tasks needs a JoinableQueue, and learns it at once.
    """
    assert queue.plays(looks.found_among, ["task_done", "join"]) == []


@rule("api.extra-methods", source=DOCS / "Queue")
def test_a_queue_has_methods_for_its_end(queue):
    """A queue has methods for its end.

    A thread queue has nothing to release or to flush; this one has.
    """
    assert queue.plays(looks.missing_among, ["close", "join_thread", "cancel_join_thread"]) == []


@rule("api.joinable-is-queue", source=DOCS / "JoinableQueue", kinds=("JoinableQueue",))
def test_a_JoinableQueue_is_a_Queue(queue, make_queue):
    """A `JoinableQueue` is a `Queue`.

    Whatever takes a Queue takes a JoinableQueue as well, and may ask by isinstance().
    """
    plain = make_queue(kind="Queue")

    assert queue.plays(looks.is_an_instance_of_the_class_of, plain)


@rule("api.joinable-methods", source=DOCS / "JoinableQueue", kinds=("JoinableQueue",))
def test_a_JoinableQueue_counts_finished_tasks(queue):
    """A `JoinableQueue` counts finished tasks.

    That is all it adds.
    """
    assert queue.plays(looks.missing_among, ["task_done", "join"]) == []


@rule(
    "api.simple-surface",
    source=DOCS / "SimpleQueue",
    kinds=("SimpleQueue",),
)
def test_a_SimpleQueue_can_put_get_look_and_close(queue):
    """A SimpleQueue can put(), get(), look and close.

    It is a pipe with locks, for programs that need no more.
    """
    assert queue.plays(looks.missing_among, ["put", "get", "empty", "close"]) == []


@rule("api.simple-surface-only", source=DOCS / "SimpleQueue", level="de-facto", kinds=("SimpleQueue",))
def test_a_SimpleQueue_has_no_size_and_no_calls_that_do_not_wait(queue):
    """A `SimpleQueue` has no size and no calls that do not wait.

    It has no buffer and no thread that such calls could rely on.
    """
    names = ["qsize", "full", "put_nowait", "get_nowait", "task_done", "join", "join_thread", "cancel_join_thread"]

    assert queue.plays(looks.found_among, names) == []


@rule("api.simple-no-timeout", source=DOCS / "SimpleQueue", level="de-facto", kinds=("SimpleQueue",))
def test_get_of_a_SimpleQueue_takes_no_timeout(queue):
    """get() of a `SimpleQueue` takes no timeout.

    A time-out that was accepted and ignored would be a program that waits for ever.
    """
    queue.put("x")

    with raises(TypeError):
        queue.get(timeout=0.1)


@rule("api.simple-not-queue", source=OBSERVED, level="de-facto", kinds=("SimpleQueue",))
def test_a_SimpleQueue_is_not_a_Queue(queue, make_queue):
    """A `SimpleQueue` is not a `Queue`.

    It lacks most of what code may expect of a Queue, so isinstance() tells them apart.
    """
    plain = make_queue(kind="Queue")

    assert not queue.plays(looks.is_an_instance_of_the_class_of, plain)


@rule("api.empty-full-identity", source=(DOCS / "pipes-and-queues", THREAD_QUEUE / "Empty"), kinds=WITH_MANAGER)
def test_a_get_that_cannot_wait_raises_the_very_Empty_of_the_module_queue(queue):
    """A get() that cannot wait raises the very `Empty` of the module queue.

    One except clause serves queues for threads and for processes; a look-alike would escape it.
    """
    assert queue.plays(looks.raises_the_very_class, "get_nowait", [], "Empty")


@rule("api.full-identity", source=(DOCS / "pipes-and-queues", THREAD_QUEUE / "Full"), kinds=WITH_MANAGER)
def test_a_put_that_cannot_wait_raises_the_very_Full_of_the_module_queue(make_queue):
    """A put() that cannot wait raises the very `Full` of the module queue.

    The same for the other end.
    """
    queue = make_queue(maxsize=1)
    queue.put("x")

    assert queue.plays(looks.raises_the_very_class, "put_nowait", ["y"], "Full")


@rule("api.empty-full-not-exported", source=DOCS / "pipes-and-queues", kinds=(), needs=("start methods",))
def test_the_module_exports_neither_Empty_nor_Full(module):
    """The module exports neither `Empty` nor `Full`.

    They are imported from `queue`; a second name for them could come to mean a second class.
    """
    assert module.plays(looks.found_among, ["Empty", "Full"]) == []


@rule("api.not-timeout-error", source=(DOCS / "pipes-and-queues", DOCS / "TimeoutError"))
def test_a_get_that_times_out_raises_no_TimeoutError(queue):
    """A get() that times out raises no `TimeoutError`.

    Whoever catches TimeoutError, Python's or that of multiprocessing, does not catch an empty queue.
    """
    classes = queue.plays(looks.classes_of_the_time_out, "get", [True, 0.1])

    assert "Empty" in classes
    assert "TimeoutError" not in classes


@rule("api.not-timeout-error-put", source=(DOCS / "pipes-and-queues", DOCS / "TimeoutError"))
def test_a_put_that_times_out_raises_no_TimeoutError(make_queue):
    """A put() that times out raises no `TimeoutError`.

    The same for a full queue.
    """
    queue = make_queue(maxsize=1)
    queue.put("x")

    classes = queue.plays(looks.classes_of_the_time_out, "put", ["y", True, 0.1])

    assert "Full" in classes
    assert "TimeoutError" not in classes


@rule("api.factories-not-classes", source=OBSERVED, level="de-facto", kinds=PROCESS_QUEUES, needs=("start methods",))
def test_what_the_module_calls_its_queues_are_functions(module, kind):
    """What the module calls its queues are functions.

    They cannot be inherited from, nor asked for by isinstance(); the classes live in multiprocessing.queues.
    """
    assert not module.plays(looks.is_a_class, kind)


@rule("api.generic-alias-queue", source=CHANGELOG, since=(3, 12))
def test_the_class_of_a_queue_can_be_given_a_parameter(queue):
    """The class of a queue can be given a parameter.

    A type hint can say what is in the queue.
    """
    assert queue.plays(looks.kind_of_the_class_with_a_parameter) == "GenericAlias"


@rule("api.generic-alias-simple", source=CHANGELOG, since=(3, 9), kinds=("SimpleQueue",))
def test_the_class_of_a_SimpleQueue_can_be_given_a_parameter(queue):
    """The class of a `SimpleQueue` can be given a parameter.

    A type hint can say what is in the queue.
    """
    assert queue.plays(looks.kind_of_the_class_with_a_parameter) == "GenericAlias"


@rule("api.shutdown-absent", source=DOCS / "Queue", level="de-facto", kinds=PROCESS_QUEUES)
def test_a_queue_for_processes_has_no_shutdown(queue):
    """A queue for processes has no shutdown.

    Code that relies on the shutdown of thread queues is told so at once, not by a process that waits for ever.
    """
    assert queue.plays(looks.found_among, ["shutdown"]) == []


@rule("api.no-len-iter-with", source=OBSERVED, level="de-facto", kinds=PROCESS_QUEUES)
def test_a_queue_has_no_length_no_iteration_and_no_with_block(queue):
    """A queue has no length no iteration and no with block.

    None of them could be answered safely while other processes put and get.
    """
    assert queue.plays(looks.found_among, ["__len__", "__iter__", "__enter__"]) == []


@rule("api.queue-is-true", source=OBSERVED, level="de-facto", kinds=PROCESS_QUEUES)
def test_an_empty_queue_is_true(queue):
    """An empty queue is true.

    ``if queue:`` asks whether there is a queue, not whether there is something in it.
    """
    assert queue.plays(looks.is_true)


@rule("ctor.maxsize-default", source=(DOCS / "Queue", ARTICLE / "Specifications"))
def test_a_queue_without_maxsize_accepts_items_that_nobody_gets(queue):
    """A queue without `maxsize` accepts items that nobody gets.

    A producer is never held up unless it asks to be.
    """
    queue.plays(looks.put_numbers_without_waiting, 1000)

    assert queue.plays(roles.get_many, 1000) == list(range(1000))


@rule("ctor.maxsize-passed", source=(DOCS / "Queue", ARTICLE / "Specifications"), kinds=WITH_MANAGER)
@pytest.mark.parametrize(("args", "kwargs"), [([1], {}), ([], {"maxsize": 1})], ids=["by-position", "by-name"])
def test_maxsize_may_be_given_by_position_or_by_name(make_queue, args, kwargs):
    """`maxsize` may be given by position or by name.

    Both are in use.
    """
    queue = make_queue(*args, **kwargs)
    queue.put("a")

    with raises(Full):
        queue.put_nowait("b")


@rule("ctor.maxsize-nonpositive", source=(THREAD_QUEUE / "Queue", ARTICLE / "Specifications"), kinds=WITH_MANAGER)
@pytest.mark.parametrize("maxsize", [0, -1, -1_000_000])
def test_a_maxsize_that_is_not_positive_means_no_limit(make_queue, maxsize):
    """A `maxsize` that is not positive means no limit.

    A computed capacity that comes out as nothing does not block the first producer.
    """
    queue = make_queue(maxsize)

    queue.plays(looks.put_numbers_without_waiting, 200)

    assert queue.plays(roles.get_many, 200) == list(range(200))


@rule("ctor.unlimited-has-ceiling", source=ISSUE / "119534", level="platform", systems=("macOS",))
def test_on_macos_a_queue_without_limit_is_full_with_32767_items(queue):
    """On macOS a queue without limit is full with 32767 items.

    A semaphore cannot count further there; whoever puts more without a reader waits for ever.
    """
    accepted = queue.plays(looks.put_until_full, 32768)
    for begin in range(0, accepted, 4096):
        queue.plays(roles.get_many, min(4096, accepted - begin))

    assert accepted == 32767


@rule("ctor.maxsize-above-ceiling", source=ISSUE / "119534", level="de-facto")
def test_a_maxsize_that_no_semaphore_can_count_to_is_refused(make_queue):
    """A `maxsize` that no semaphore can count to is refused.

    A queue that silently held less would block a producer that had asked for more.
    """
    with raises(Exception):
        make_queue(maxsize=2**31)


@rule("ctor.maxsize-type", source=THREAD_QUEUE / "Queue", level="de-facto")
@pytest.mark.parametrize("maxsize", [None, "3", 1.5])
def test_a_maxsize_that_is_no_integer_raises_TypeError(make_queue, maxsize):
    """A `maxsize` that is no integer raises `TypeError`.

    A wrong capacity is told when the queue is made, not by the first put.
    """
    with raises(TypeError):
        make_queue(maxsize)


@rule("ctor.simple-no-args", source=DOCS / "SimpleQueue", kinds=("SimpleQueue",))
@pytest.mark.parametrize(("args", "kwargs"), [([1], {}), ([], {"maxsize": 1})], ids=["by-position", "by-name"])
def test_a_SimpleQueue_takes_no_maxsize(make_queue, args, kwargs):
    """A `SimpleQueue` takes no `maxsize`.

    A capacity that was accepted and ignored would be a producer that is never held up.
    """
    with raises(TypeError):
        make_queue(*args, **kwargs)


UNTESTED = [
    untested(
        "ctor.uses-pipe-and-locks",
        "A queue is built from a pipe, locks and semaphores.",
        source=(DOCS / "Queue", ARTICLE / "Overview"),
        reason="a queue may be built otherwise as long as it behaves so; what follows from it has rules of its own",
    ),
]
