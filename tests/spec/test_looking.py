"""Looking without taking: qsize, empty, full.

Looks are hints: what they say may be over before it is read, and an item that was put may not be seen yet. They are not
free to lie, though. Where nothing moves - the producers have ended, or an item is held on its way - the answer is
known, and it is asked for there.
"""

import couriers
import roles

from queuespec import ARTICLE, DOCS, OBSERVED, THREAD_QUEUE, Empty, raises, rule, untested

PIPE_KINDS = ("Queue", "JoinableQueue", "SimpleQueue")

COUNTED = ("macOS cannot tell the value of a semaphore", lambda facts: facts.system != "Darwin")
"""Where qsize() is there."""


@rule("look.empty-true-when-drained", source=(DOCS / "Queue.empty", DOCS / "SimpleQueue.empty"), kinds=PIPE_KINDS)
def test_a_queue_whose_items_have_all_been_taken_is_empty(queue, child):
    """A queue whose items have all been taken is empty.

    Nothing is there and nothing can come: then the answer is reliable.
    """
    child.put("a")
    child.process.leaves()

    queue.get()

    assert queue.empty() is True


@rule("look.fresh-queue-is-empty", source=(DOCS / "Queue.empty", DOCS / "SimpleQueue.empty"), kinds=PIPE_KINDS)
def test_a_queue_that_nobody_has_used_is_empty(queue):
    """A queue that nobody has used is empty.

    A queue begins with nothing in it.
    """
    assert queue.empty() is True


@rule("look.empty-false-when-item", source=(DOCS / "Queue.empty", DOCS / "SimpleQueue.empty"), kinds=PIPE_KINDS)
def test_a_queue_with_an_item_that_has_been_sent_is_not_empty(queue, child):
    """A queue with an item that has been sent is not empty.

    A process that ended has sent what it put, so there is no moment of doubt left.
    """
    child.put("a")

    child.process.leaves()

    assert queue.empty() is False


@rule("look.empty-false-after-flush", source=(DOCS / "Queue.empty", DOCS / "Queue.join_thread"))
def test_a_queue_whose_producer_has_flushed_an_item_is_not_empty(queue, child):
    """A queue whose producer has flushed an item is not empty.

    After close() and join_thread() all is in the pipe, for every process to see.
    """
    queue.put("a")

    queue.close()
    queue.join_thread()

    assert child.empty() is False


@rule("look.empty-anywhere", source=(DOCS / "Queue.empty", DOCS / "SimpleQueue.empty"), kinds=PIPE_KINDS)
def test_a_child_sees_whether_a_queue_is_empty(queue, make_child):
    """A child sees whether a queue is empty.

    A queue looks the same from every process.
    """
    producer, child = make_child(queue), make_child(queue)
    assert child.empty() is True

    producer.put("a")
    producer.process.leaves()

    assert child.empty() is False


@rule("look.empty-closed", source=DOCS / "Queue.empty")
def test_empty_on_a_closed_queue_answers_or_raises_OSError(queue):
    """empty() on a closed queue answers or raises `OSError`.

    Either is allowed; neither may be relied on.
    """
    queue.put("a")
    queue.get()
    queue.close()
    queue.join_thread()

    queue.begins(couriers.empty_or_error).returns_one_of(True, False, "OSError")


@rule("look.full-true-at-capacity", source=DOCS / "Queue.full")
def test_a_queue_is_full_when_it_holds_maxsize_items(make_queue, make_child):
    """A queue is full when it holds `maxsize` items.

    Whoever put them: the capacity is common to all processes.
    """
    queue = make_queue(maxsize=2)
    queue.put("a")

    make_child(queue).put("b")

    assert queue.full() is True


@rule("look.full-false-below-capacity", source=DOCS / "Queue.full")
def test_a_queue_with_a_free_place_is_not_full(make_queue, make_child):
    """A queue with a free place is not full.

    A get() in any process makes a place.
    """
    queue = make_queue(maxsize=2)
    queue.plays(roles.put_all, ["a", "b"])

    make_child(queue).get()

    assert queue.full() is False


@rule("look.full-anywhere", source=DOCS / "Queue.full")
def test_a_child_sees_whether_a_queue_is_full(small_queue, make_child):
    """A child sees whether a queue is full.

    The bound is known to whoever was given the queue.
    """
    child = make_child(small_queue)
    assert child.full() is False

    small_queue.put("a")

    assert child.full() is True


@rule("look.full-unbounded-false", source=DOCS / "Queue.full")
def test_a_queue_without_limit_is_not_full(queue):
    """A queue without limit is not full.

    A maxsize of zero is no capacity of zero.
    """
    queue.plays(roles.put_all, list(range(20)))

    assert queue.full() is False


@rule("look.qsize-approximate", source=DOCS / "Queue.qsize", needs=("qsize",), when=COUNTED)
def test_qsize_is_the_number_of_items_when_nothing_moves(queue, child):
    """qsize() is the number of items when nothing moves.

    Approximate means that others may be at work; where nobody is, the number is right.
    """
    child.plays(roles.put_all, ["a", "b", "c"])
    child.process.leaves()

    queue.get()

    assert queue.qsize() == 2


@rule("look.qsize-anywhere", source=DOCS / "Queue.qsize", needs=("qsize",), when=COUNTED)
def test_a_child_counts_the_same_number_of_items(make_queue, make_child):
    """A child counts the same number of items.

    A queue looks the same from every process.
    """
    queue = make_queue(maxsize=5)
    producer, child = make_child(queue), make_child(queue)
    producer.plays(roles.put_all, ["a", "b", "c"])
    producer.process.leaves()

    assert child.qsize() == 3


@rule("look.qsize-not-implemented", source=DOCS / "Queue.qsize", level="platform", systems=("macOS",))
def test_qsize_raises_NotImplementedError_on_macOS(queue):
    """qsize() raises `NotImplementedError` on macOS.

    Portable programs do without qsize(); there, they learn it at the first call.
    """
    with raises(NotImplementedError):
        queue.qsize()


@rule("look.qsize-unreliable", source=DOCS / "Queue.qsize", level="hazard", needs=("qsize",), when=COUNTED)
def test_qsize_during_traffic_is_some_number_between_zero_and_maxsize(make_queue, make_child):
    """qsize() during traffic is some number between zero and `maxsize`.

    That is all that can be said of it: it may be over before it is read.
    """
    queue = make_queue(maxsize=3)
    queue.put(0)
    working = [make_child(queue).begins(roles.increment, loops=200) for _ in range(2)]

    smallest, largest = queue.plays(couriers.range_of_qsize, looks=500)

    assert 0 <= smallest <= largest <= 3
    for call in working:
        call.returns()


@rule("look.qsize-counts-buffered", source=OBSERVED, level="de-facto", needs=("qsize",), when=COUNTED)
def test_qsize_counts_an_item_that_has_not_been_sent_yet(queue, gate):
    """qsize() counts an item that has not been sent yet.

    An item is in the queue from put() on, wherever it is.
    """
    queue.put(gate.item("late"))

    assert queue.qsize() == 1
    gate.opens()


@rule("look.qsize-no-guarantee", source=THREAD_QUEUE / "Queue.qsize", level="hazard", needs=("qsize",), when=COUNTED)
def test_get_nowait_may_find_nothing_although_qsize_is_positive(queue, gate):
    """get_nowait() may find nothing although qsize() is positive.

    An item that is counted is not yet an item that can be taken.
    """
    queue.put(gate.item("late"))
    assert queue.qsize() == 1

    with raises(Empty):
        queue.get_nowait()
    gate.opens()


@rule("look.empty-unreliable", source=DOCS / "Queue.empty", level="hazard")
def test_empty_may_say_either_while_an_item_is_on_its_way(queue, gate):
    """empty() may say either while an item is on its way.

    Right after put() there is no right answer, and the item comes whatever the answer was.
    """
    queue.put(gate.item("late"))

    queue.calls.empty().returns_one_of(True, False)

    gate.opens()
    assert queue.get() == "late"


@rule("look.empty-not-for-control-flow", source=THREAD_QUEUE / "Queue.empty", level="hazard")
def test_a_loop_that_takes_items_until_empty_can_miss_one(queue, gate):
    """A loop that takes items until empty() can miss one.

    A sentinel, or a count, says when all has come; empty() does not.
    """
    queue.put(gate.item("late"))

    assert queue.plays(couriers.take_until_empty) == []

    gate.opens()
    assert queue.get() == "late"


@rule("look.full-counts-buffered", source=OBSERVED, level="de-facto")
def test_full_counts_an_item_that_has_not_been_sent_yet(make_queue, gate):
    """full() counts an item that has not been sent yet.

    The capacity is one of the queue, not of the pipe behind it.
    """
    queue = make_queue(maxsize=1)
    queue.put(gate.item("late"))

    assert queue.full() is True
    gate.opens()


@rule("look.never-blocks", source=ARTICLE, kinds=(*PIPE_KINDS, "Manager.Queue", "Manager.JoinableQueue"))
def test_looking_does_not_wait_for_a_process_that_waits_in_get(queue, child):
    """Looking does not wait for a process that waits in get().

    Looks are for those who have something else to do.
    """
    getting = child.calls.get()
    getting.stays_blocked()

    queue.plays(couriers.look)

    queue.put("late")
    assert getting.returns() == "late"


@rule("look.no-side-effects", source=DOCS / "Queue.qsize")
def test_looking_changes_nothing(queue, child):
    """Looking changes nothing.

    However often one looks, the same items are there to be taken without waiting, in the same order.
    """
    child.plays(roles.put_all, ["a", "b", "c"])
    child.process.leaves()

    queue.plays(couriers.look, times=100)

    assert queue.plays(couriers.take, 3) == ["a", "b", "c"]


UNTESTED = [
    untested(
        "look.full-unreliable",
        "While others put and get, full() is not reliable, and promises nothing about the next put() or get().",
        source=(DOCS / "Queue.full", THREAD_QUEUE / "Queue.full"),
        reason="While others are at work every answer is allowed, so that no queue could fail.",
    ),
    untested(
        "look.after-close",
        "qsize() and full() still answer on a closed queue.",
        source=OBSERVED,
        reason="The documentation says that a closed queue must not be used, so that every outcome is allowed.",
    ),
]
