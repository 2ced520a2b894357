"""Capacity.

A queue may be given a bound, `maxsize`, which holds for all processes together. An item takes its place in `put()` and
leaves it in `get()`: what is still being brought on its way counts, what has been taken does not.
"""

import items
import parcels
import pytest
import roles

from queuespec import ARTICLE, CHANGELOG, DOCS, OBSERVED, THREAD_QUEUE, Full, histories, made, raises, rule


@rule(
    "cap.exact",
    source=(DOCS / "Queue", THREAD_QUEUE / "Queue", ARTICLE / "Specifications"),
    kinds=("Queue", "JoinableQueue", "Manager.Queue", "Manager.JoinableQueue"),
)
@pytest.mark.parametrize("maxsize", [1, 2, 3, 10])
def test_a_queue_takes_exactly_maxsize_items(make_queue, kind, maxsize):
    """A queue takes exactly `maxsize` items.

    The bound is a number of items: not one more, and not one less.
    """
    queue = make_queue(maxsize=maxsize)

    assert queue.plays(roles.put_until_full, at_most=maxsize + 1) == maxsize


@rule("cap.counts-unflushed", source=(DOCS / "Queue", DOCS / "pipes-and-queues"))
def test_an_item_that_is_still_under_way_takes_its_place(small_queue, under_way, gate):
    """An item that is still under way takes its place.

    A producer that is faster than the pipe is bounded as well.
    """
    under_way(small_queue, "item")

    with raises(Full):
        small_queue.put_nowait("too much")

    gate.opens()
    assert small_queue.get() == "item"


@rule("cap.shared-across-processes", source=DOCS / "Queue")
def test_all_processes_have_one_capacity_together(make_queue, kind, make_child):
    """All processes have one capacity together.

    A bound holds for the queue, however many producers there are.
    """
    queue = make_queue(maxsize=2)
    child = make_child(queue)
    queue.put("from the parent")
    child.put("from the child")

    with raises(Full):
        queue.put_nowait("too much")
    with raises(Full):
        child.put_nowait("too much")


@rule("cap.freed-by-get", source=(THREAD_QUEUE / "Queue", DOCS / "Queue.put"))
def test_each_get_makes_room_for_one_item_of_another_process(make_queue, kind, make_child):
    """Each get() makes room for one item of another process.

    One is taken, one may follow: the queue need not be emptied first.
    """
    queue = make_queue(maxsize=2)
    child = make_child(queue)
    child.plays(roles.put_all, ["first", "second"])
    assert queue.get() == "first"

    child.put("third")

    with raises(Full):
        child.put_nowait("fourth")


@rule("cap.freed-by-any-get", source=(THREAD_QUEUE / "Queue", DOCS / "Queue.put", DOCS / "Queue.get"))
@pytest.mark.parametrize(
    "decision", [{"block": False}, {"timeout": 1000}], ids=["not waiting", "waiting for some time"]
)
def test_a_get_that_does_not_wait_for_ever_makes_room_as_well(small_queue, make_child, decision):
    """A get() that does not wait for ever makes room as well.

    However an item is taken, its place is free.
    """
    child = make_child(small_queue)
    child.put("first")
    child.process.leaves()
    assert small_queue.get(**decision) == "first"

    small_queue.put_nowait("second")

    assert small_queue.get() == "second"


@rule("cap.freed-by-waiting-get", source=(THREAD_QUEUE / "Queue", DOCS / "Queue.put", DOCS / "Queue.get"))
@pytest.mark.parametrize("decision", [{}, {"timeout": 1000}], ids=["for ever", "for some time"])
def test_a_get_that_waits_makes_room_once_it_has_its_item(small_queue, make_child, decision):
    """A get() that waits makes room once it has its item.

    While it waits there is nothing to take, and no more room than before.
    """
    getting = make_child(small_queue).calls.get(**decision)
    getting.stays_blocked()
    small_queue.put("first")
    assert getting.returns() == "first"

    small_queue.put_nowait("second")

    with raises(Full):
        small_queue.put_nowait("too much")


@rule("cap.blocked-put-wakes-across", source=DOCS / "Queue.put")
def test_a_get_in_one_process_wakes_a_put_in_another(small_queue, make_child):
    """A get() in one process wakes a put() in another.

    A producer that was slowed down goes on as soon as its consumer has taken something.
    """
    child = make_child(small_queue)
    small_queue.put("first")
    putting = small_queue.calls.put("second")
    putting.stays_blocked()

    assert child.get() == "first"

    putting.returns()
    assert child.get() == "second"


@rule(
    "cap.never-exceeded",
    source=(THREAD_QUEUE / "Queue", DOCS / "Queue"),
    proves=("cap.limits-memory",),
)
@pytest.mark.parametrize(("producers", "maxsize"), [(1, 4), (3, 2)])
def test_producers_are_never_ahead_of_their_consumer_by_more_than_maxsize(
    make_queue, kind, make_child, make_object, context, producers, maxsize
):
    """Producers are never ahead of their consumer by more than `maxsize`.

    This is what keeps the memory of a system within limits, at any speed of its parts.
    """
    queue, done = make_queue(maxsize=maxsize), make_object(roles.semaphore, context, 0)
    children = [make_child(queue, done) for _ in range(producers)]
    putting = [child.begins(roles.put_and_tell, counter, list(range(20))) for child, counter in children]

    samples = queue.plays(roles.get_and_count, done, count=20 * producers, maxsize=maxsize, quiet=0.1)

    histories.never_exceeded(samples, maxsize)
    assert [call.returns() for call in putting] == [None] * producers


@rule("cap.restored-after-pickle-error", source=CHANGELOG)
@pytest.mark.parametrize("error", ["TypeError", "KeyError", "AttributeError"])
def test_an_item_that_could_not_be_pickled_gives_its_place_back(small_queue, error):
    """An item that could not be pickled gives its place back.

    A producer's mistake costs it that item, and does not stop all others for ever.
    """
    small_queue.put(made(parcels.RaisesWhenPickled, error))

    small_queue.put("good")

    assert small_queue.get() == "good"


@rule(
    "cap.not-freed-by-task-done",
    source=(DOCS / "JoinableQueue", DOCS / "JoinableQueue.task_done"),
    kinds=("JoinableQueue",),
)
def test_there_may_be_more_unfinished_tasks_than_maxsize(small_queue):
    """There may be more unfinished tasks than `maxsize`.

    The bound is for items that wait, and not for those in work.
    """
    small_queue.put("first")
    small_queue.get()
    small_queue.put("second")

    small_queue.task_done()
    small_queue.task_done()

    with raises(ValueError):
        small_queue.task_done()


@rule("cap.task-done-does-not-free", source=DOCS / "JoinableQueue", level="de-facto", kinds=("JoinableQueue",))
def test_task_done_makes_no_room(full_queue):
    """task_done() makes no room.

    An item that is called done too early still is in the queue.
    """
    full_queue.task_done()

    with raises(Full):
        full_queue.put_nowait("second")


@rule("cap.simple-has-none", source=(DOCS / "SimpleQueue", OBSERVED), level="platform", kinds=("SimpleQueue",))
def test_put_into_a_SimpleQueue_waits_for_a_reader_once_the_pipe_is_full(queue, child):
    """put() into a `SimpleQueue` waits for a reader once the pipe is full.

    It has no bound for its items, and no buffer: how much it takes before it waits is the platform's matter.
    """
    putting = child.calls.put(made(items.block, 1_000_000))
    putting.stays_blocked()

    assert queue.plays(roles.get_size) == 1_000_000

    putting.returns()
