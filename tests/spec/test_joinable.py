"""Joining: task_done() and join().

A `JoinableQueue` counts its unfinished items: `put()` raises the count, `task_done()` lowers it, `join()` waits until
it is zero. The count belongs to the queue, not to a process, and it knows nothing of `get()`: a consumer says itself
when it is done with an item.
"""

import endings
import items
import pytest
import roles

from queuespec import DOCS, ISSUE, OBSERVED, THREAD_QUEUE, Full, made, raises, rule, untested

JOINABLE = ("JoinableQueue",)

UNTESTED = [
    untested(
        "joinable.all-queue-clauses",
        "Every rule of a `Queue` holds for a `JoinableQueue` as well.",
        source=DOCS / "JoinableQueue",
        reason="This is no test of its own: every rule of the other chapters that holds for a Queue is judged with a "
        "JoinableQueue too, and has a verdict for each.",
    ),
]


@rule("join.fresh-returns", source=DOCS / "JoinableQueue.join", kinds=JOINABLE)
def test_join_returns_at_once_when_nothing_was_ever_put(queue):
    """join() returns at once when nothing was ever put.

    No work is no reason to wait.
    """
    queue.join()

    queue.put("first")
    assert queue.get() == "first"


@rule(
    "join.blocks-until-all-done",
    source=DOCS / "JoinableQueue.join",
    kinds=JOINABLE,
    proves=("join.get-does-not-lower",),
)
def test_join_waits_until_the_item_that_was_got_is_marked_as_done(queue, child, make_thread):
    """join() waits until the item that was got is marked as done.

    A producer waits for the work, not for the hand-over.
    """
    queue.put("task")
    joining = make_thread(queue).calls.join()
    joining.stays_blocked()

    child.get()
    joining.stays_blocked()
    child.task_done()

    joining.returns()


@rule("join.count-rises-on-put", source=DOCS / "JoinableQueue.join", kinds=JOINABLE)
def test_an_item_counts_as_unfinished_before_it_is_flushed(queue, make_thread, under_way, gate):
    """An item counts as unfinished before it is flushed.

    A producer that puts and joins at once must not find the count at zero because its items are on their way.
    """
    under_way(queue, "item")
    joining = make_thread(queue).calls.join()
    joining.stays_blocked()

    queue.task_done()

    joining.returns()
    gate.opens()


@rule("join.across-processes", source=DOCS / "JoinableQueue.join", kinds=JOINABLE)
def test_join_waits_for_the_work_of_other_processes(queue, make_child):
    """join() waits for the work of other processes.

    The count is one for all processes: a parent puts, its children work, and the parent learns when all is done.
    """
    first, second = make_child(queue), make_child(queue)
    tasks = list(range(20))
    queue.plays(roles.put_all, tasks)

    working = [child.begins(endings.work, count=10) for child in (first, second)]
    queue.join()

    assert sorted(working[0].returns() + working[1].returns()) == tasks


@rule("join.done-by-other-process", source=DOCS / "JoinableQueue.task_done", kinds=JOINABLE, level="de-facto")
def test_an_item_may_be_marked_as_done_by_a_process_that_did_not_get_it(queue, child):
    """An item may be marked as done by a process that did not get it.

    A consumer may hand the work on, and whoever finishes it says so.
    """
    queue.put("task")
    child.get()

    queue.task_done()

    assert queue.join() is None


@rule("join.many-waiters", source=DOCS / "JoinableQueue.join", kinds=JOINABLE)
def test_everybody_who_waits_in_join_goes_on(queue, child, make_thread):
    """Everybody who waits in join() goes on.

    Threads and processes alike: nobody is forgotten.
    """
    queue.put("task")
    waiting = [waiter.calls.join() for waiter in (make_thread(queue), make_thread(queue), child)]
    waiting[-1].stays_blocked()

    queue.plays(endings.work, count=1)

    assert [joining.returns() for joining in waiting] == [None, None, None]


@rule("join.done-meanwhile", source=DOCS / "JoinableQueue.join", kinds=JOINABLE)
def test_join_returns_although_the_last_task_is_done_while_it_begins(queue, child, make_thread):
    """join() returns although the last task is done while it begins.

    Between its look at the count and its wait nobody may slip in, or it would wait for what is over.
    """
    queue.put("task")
    assert child.get() == "task"

    joining = make_thread(queue).begins(roles.in_slow_motion, "join", pause=0.05)
    marking = child.begins(roles.in_slow_motion, "task_done", pause=0.05)

    marking.returns()
    joining.returns()


@rule("join.reusable", source=DOCS / "JoinableQueue.join", kinds=JOINABLE)
def test_join_waits_again_in_the_next_round(queue, child, make_thread):
    """join() waits again in the next round.

    Work often comes in rounds, and one queue serves them all.
    """
    queue.put("first round")
    child.plays(endings.work, count=1)
    queue.join()

    queue.put("second round")
    joining = make_thread(queue).calls.join()
    joining.stays_blocked()
    child.plays(endings.work, count=1)

    joining.returns()


@rule("join.no-timeout", source=DOCS / "JoinableQueue.join", kinds=JOINABLE)
def test_join_takes_no_timeout(queue):
    """join() takes no timeout.

    There is no waiting for a while: who needs that has to wait in a thread.
    """
    with raises(TypeError):
        queue.join(1)


@rule(
    "join.interruptible",
    source=DOCS / "synchronization-primitives",
    kinds=JOINABLE,
    level="platform",
    systems=("POSIX",),
)
def test_a_process_that_is_interrupted_in_join_leaves_the_queue_usable(queue, context, make_object):
    """A process that is interrupted in join() leaves the queue usable.

    Ctrl-C gets a program out of waiting for work that nobody does, and the others can still finish it.
    """
    queue.put("task")
    up = make_object(roles.event, context)
    waiter = make_object(endings.blocked, context, up, queue, "join")
    up.wait()
    waiter.join(endings.MOMENT)

    waiter.plays(endings.interrupt_until_it_ends)

    assert waiter.plays(endings.exit_code) == 1
    assert queue.plays(endings.work, count=1) == ["task"]
    assert queue.join() is None


@rule("join.after-close", source=OBSERVED, kinds=JOINABLE, level="de-facto")
def test_task_done_and_join_still_work_after_close(queue, child):
    """task_done() and join() still work after close().

    A producer may close the queue first and wait for the work then.
    """
    queue.plays(roles.put_all, ["task", "other task"])
    queue.close()
    child.plays(endings.work, count=1)
    child.get()

    queue.task_done()

    assert queue.join() is None


@rule("td.one-per-item", source=(DOCS / "JoinableQueue.task_done", DOCS / "pipes-and-queues"), kinds=JOINABLE)
def test_join_waits_for_one_task_done_for_each_item(queue, child, make_thread):
    """join() waits for one task_done() for each item.

    One call too few, and the producer waits for ever; one that counted double would let it go too early.
    """
    queue.plays(roles.put_all, ["a", "b", "c"])
    joining = make_thread(queue).calls.join()
    child.plays(endings.work, count=2)
    joining.stays_blocked()

    child.plays(endings.work, count=1)

    joining.returns()


@rule("td.every-put", source=(DOCS / "JoinableQueue", THREAD_QUEUE / "Queue.put_nowait"), kinds=JOINABLE)
@pytest.mark.parametrize(
    ("method", "decision"),
    [("put_nowait", {}), ("put", {"block": False}), ("put", {"timeout": 1000})],
    ids=["put_nowait", "not waiting", "waiting for some time"],
)
def test_an_item_is_one_task_however_it_was_put(queue, child, method, decision):
    """An item is one task however it was put.

    What matters is that there is work, and not how patient its producer was.
    """
    getattr(queue, method)("a", **decision)

    child.plays(endings.work, count=1)

    queue.join()
    with raises(ValueError):
        queue.task_done()


@rule("td.while-put-waits", source=(DOCS / "JoinableQueue.task_done", DOCS / "Queue.put"), kinds=JOINABLE)
def test_task_done_does_not_wait_for_a_put_that_waits_for_room(small_queue, make_child):
    """task_done() does not wait for a put() that waits for room.

    A worker that marks its task before it gets the next one would wait for a producer that waits for it.
    """
    worker, producer = make_child(small_queue), make_child(small_queue)
    small_queue.put("first")
    worker.get()
    small_queue.put("second")
    putting = producer.calls.put("third")
    putting.stays_blocked()

    worker.task_done()

    worker.get()
    putting.returns()


@rule("td.at-once", source=(DOCS / "JoinableQueue.join", ISSUE / "bpo-4660"), kinds=JOINABLE)
def test_an_item_can_be_marked_as_done_as_soon_as_it_can_be_got(queue, child):
    """An item can be marked as done as soon as it can be got.

    The count rises before the item can be got, and not some time after: a fast consumer makes no mistake.
    """
    working = child.begins(endings.work, count=2)
    queue.put("first")

    putting = queue.begins(roles.in_slow_motion, "put", "second")

    assert working.returns() == ["first", "second"]
    putting.returns()
    assert queue.join() is None


@rule("td.while-put-goes-on", source=(DOCS / "JoinableQueue.join", ISSUE / "bpo-4660"), kinds=JOINABLE)
def test_an_item_can_be_marked_as_done_although_its_put_has_not_returned(queue, child):
    """An item can be marked as done although its put() has not returned.

    A sender that is at work takes the next item as soon as it is there, at whichever of its lines put() is then.
    """
    working = child.begins(endings.work_until_none)

    count = queue.plays(endings.put_while_sending)
    queue.put(None)

    assert working.returns() == count
    assert queue.join() is None


@rule("td.too-many", source=DOCS / "JoinableQueue.task_done", kinds=JOINABLE)
def test_task_done_for_more_items_than_were_put_raises_ValueError(queue, child, make_thread):
    """task_done() for more items than were put raises `ValueError`.

    The mistake is reported where it is made, and does not count against later items.
    """
    queue.put("a")
    child.plays(endings.work, count=1)

    with raises(ValueError):
        child.task_done()

    queue.put("b")
    joining = make_thread(queue).calls.join()
    joining.stays_blocked()
    child.plays(endings.work, count=1)
    joining.returns()


@rule("td.too-many-on-fresh-queue", source=DOCS / "JoinableQueue.task_done", kinds=JOINABLE)
def test_task_done_on_a_queue_never_put_to_raises_ValueError(child):
    """task_done() on a queue never put to raises `ValueError`.

    Also in a process that did not create the queue: the count is the same everywhere.
    """
    with raises(ValueError):
        child.task_done()


@rule("td.before-get-accepted", source=OBSERVED, kinds=JOINABLE, level="de-facto", proves=("td.returns-none",))
def test_task_done_before_the_item_was_got_is_accepted(queue):
    """task_done() before the item was got is accepted.

    The calls are counted against items put, not against items got; the item itself stays.
    """
    queue.put("task")

    assert queue.task_done() is None

    queue.join()
    assert queue.get() == "task"


UNTESTED += [
    untested(
        "td.forgotten-overflow",
        "Where items are never marked as done, the counting semaphore may overflow, and an exception be raised.",
        source=DOCS / "pipes-and-queues",
        reason="It takes more items than a semaphore can count: two thousand million on most systems. Where 32767 is "
        "the limit, as on macOS, it is not said which call raises what.",
    ),
]


@rule("td.consumer-death", source=DOCS / "JoinableQueue.task_done", kinds=JOINABLE, level="hazard")
def test_join_waits_for_ever_for_an_item_whose_consumer_has_ended(queue, child, make_thread):
    """join() waits for ever for an item whose consumer has ended.

    Nobody notices that the one who should have called task_done() is gone; somebody else has to.
    """
    queue.put("task")
    child.get()
    child.process.leaves()
    joining = make_thread(queue).calls.join()
    joining.stays_blocked()

    queue.task_done()

    joining.returns()


@rule("td.unpicklable-leaves-count", source=OBSERVED, kinds=JOINABLE, level="hazard")
def test_an_item_that_cannot_be_pickled_stays_unfinished(queue, child, make_thread):
    """An item that cannot be pickled stays unfinished.

    It never arrives, so no consumer marks it as done, and join() waits for ever.
    """
    queue.put(made(items.unpicklable))
    queue.put("good")
    child.plays(endings.work, count=1)
    joining = make_thread(queue).calls.join()
    joining.stays_blocked()

    queue.task_done()

    joining.returns()


@rule(
    "joinable.failed-put-not-counted",
    source=(DOCS / "JoinableQueue.join", DOCS / "Queue.put"),
    kinds=JOINABLE,
    proves=("put.failed-put-is-no-task",),
)
def test_failed_put_is_no_task(make_queue):
    """A put() that raises `Full` does not add an unfinished task.

    Otherwise, join() would wait for an item that does not exist.
    """
    queue = make_queue(maxsize=1)
    queue.put("a")
    with raises(Full):
        queue.put_nowait("b")

    queue.plays(endings.work, count=1)

    assert queue.join() is None
