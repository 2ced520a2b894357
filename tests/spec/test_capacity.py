"""Capacity.

A queue may be given a limit, `maxsize`, that holds for all processes together. An item takes up room from `put()` until
`get()`: items that are still being sent count, and items that have been taken do not.
"""

from items import pickling
from roles import making, moving

from queuespec import ARTICLE, CHANGELOG, DOCS, THREAD_QUEUE, Full, each, histories, made, raises, rule


@rule(
    "cap.exact",
    source=(DOCS / "Queue", THREAD_QUEUE / "Queue", ARTICLE / "Specifications"),
    kinds=("Queue", "JoinableQueue", "Manager.Queue", "Manager.JoinableQueue"),
)
@each("maxsize", [1, 2, 3, 10])
def test_capacity_is_exact(make_queue, kind, maxsize):
    """A queue holds exactly `maxsize` items.

    The limit is a number of items: not one more, and not one less.
    """
    queue = make_queue(maxsize=maxsize)

    assert queue.plays(moving.put_until_full, at_most=maxsize + 1) == maxsize


@rule("cap.counts-unflushed", source=(DOCS / "Queue", DOCS / "pipes-and-queues"))
def test_unsent_item_takes_room(small_queue, under_way, gate):
    """An item that is still being sent takes up room.

    A producer that is faster than the pipe is limited as well.
    """
    under_way(small_queue, "item")

    with raises(Full):
        small_queue.put_nowait("too much")

    gate.opens()
    assert small_queue.get() == "item"


@rule("cap.shared-across-processes", source=DOCS / "Queue")
def test_capacity_is_shared(make_queue, kind, make_child):
    """All processes share one capacity.

    The limit applies to the queue, however many producers it has.
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
def test_get_makes_room_for_one(make_queue, kind, make_child):
    """Each get() makes room for one put() in another process.

    A producer can go on when one item has been taken; the queue need not be empty first.
    """
    queue = make_queue(maxsize=2)
    child = make_child(queue)
    child.plays(moving.put_all, ["first", "second"])
    assert queue.get() == "first"

    child.put("third")

    with raises(Full):
        child.put_nowait("fourth")


@rule("cap.freed-by-any-get", source=(THREAD_QUEUE / "Queue", DOCS / "Queue.put", DOCS / "Queue.get"))
@each("decision", [{"block": False}, {"timeout": 1000}], ids=["not waiting", "waiting for some time"])
def test_nonblocking_or_timed_get_makes_room(small_queue, make_child, decision):
    """A get() with `block=False` or with a timeout makes room for another item.

    However an item is taken, its room is free again.
    """
    child = make_child(small_queue)
    child.put("first")
    child.process.leaves()
    assert small_queue.get(**decision) == "first"

    small_queue.put_nowait("second")

    assert small_queue.get() == "second"


@rule("cap.freed-by-waiting-get", source=(THREAD_QUEUE / "Queue", DOCS / "Queue.put", DOCS / "Queue.get"))
@each("decision", [{}, {"timeout": 1000}], ids=["forever", "for some time"])
def test_waiting_get_makes_room_when_it_returns(small_queue, make_child, decision):
    """A get() that has to wait makes room only when it returns an item.

    While it waits, there is nothing to take, and no more room than before.
    """
    getting = make_child(small_queue).calls.get(**decision)
    getting.stays_blocked()
    small_queue.put("first")
    assert getting.returns() == "first"

    small_queue.put_nowait("second")

    with raises(Full):
        small_queue.put_nowait("too much")


@rule("cap.blocked-put-wakes-across", source=DOCS / "Queue.put")
def test_get_wakes_put_in_another_process(small_queue, make_child):
    """A get() in one process wakes a blocked put() in another.

    A producer that was held up goes on as soon as its consumer has taken an item.
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
@each(("producers", "maxsize"), [(1, 4), (3, 2)])
def test_producers_stay_within_maxsize(make_queue, kind, make_child, make_object, context, producers, maxsize):
    """Producers are never more than `maxsize` items ahead of their consumer.

    This bounds the memory that a system uses, whatever the speed of its parts.
    """
    queue, done = make_queue(maxsize=maxsize), make_object(making.semaphore, context, 0)
    children = [make_child(queue, done) for _ in range(producers)]
    putting = [child.begins(moving.put_and_tell, counter, list(range(20))) for child, counter in children]

    samples = queue.plays(moving.get_and_count, done, count=20 * producers, maxsize=maxsize, quiet=0.1)

    histories.never_exceeded(samples, maxsize)
    for call in putting:
        call.returns()


@rule("cap.restored-after-pickle-error", source=CHANGELOG)
@each("error", ["TypeError", "KeyError", "AttributeError"])
def test_unpicklable_item_gives_its_room_back(small_queue, error):
    """An item that cannot be pickled gives its room back.

    A producer's mistake costs that one item and does not block the queue for good.
    """
    small_queue.calls.put(made(pickling.RaisesWhenPickled, error)).succeeds_or_raises(Exception)

    small_queue.put("good")

    assert small_queue.get() == "good"


@rule(
    "cap.not-freed-by-task-done",
    source=(DOCS / "JoinableQueue", DOCS / "JoinableQueue.task_done"),
    kinds=("JoinableQueue",),
)
def test_unfinished_tasks_may_exceed_maxsize(small_queue):
    """There may be more unfinished tasks than `maxsize`.

    The limit applies to items that wait, not to tasks in progress.
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
    """task_done() makes no room in a full queue.

    An item that is marked as done too early is still in the queue.
    """
    full_queue.task_done()

    with raises(Full):
        full_queue.put_nowait("second")
