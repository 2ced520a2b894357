"""Joining: task_done() and join().

A `JoinableQueue` counts its unfinished items: `put()` increments the count, `task_done()` decrements it, and `join()`
waits until it reaches zero. The count belongs to the queue, not to a process, and is independent of `get()`: a consumer
has to say when it is done with an item.
"""

from items import pickling
from roles import ending, making, moving, timing

from queuespec import DOCS, ISSUE, OBSERVED, THREAD_QUEUE, Full, each, made, raises, rule, untested

JOINABLE = ("JoinableQueue",)

UNTESTED = [
    untested(
        "joinable.all-queue-clauses",
        "Every rule that holds for a `Queue` also holds for a `JoinableQueue`.",
        source=DOCS / "JoinableQueue",
        reason="There is no separate test: every rule in the other chapters that holds for a `Queue` is also judged "
        "with a `JoinableQueue`, with a verdict for each.",
    ),
]


@rule("join.fresh-returns", source=DOCS / "JoinableQueue.join", kinds=JOINABLE)
def test_join_on_unused_queue(queue):
    """join() does not block if nothing was ever put.

    Code that distributes work needs no special case for having none.
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
def test_join_waits_for_task_done(queue, child, make_thread):
    """join() blocks until task_done() is called; getting the item is not enough.

    A producer waits until the work is done, not just until a consumer has started on it.
    """
    queue.put("task")
    joining = make_thread(queue).calls.join()
    joining.stays_blocked()

    child.get()
    joining.stays_blocked()
    child.task_done()

    joining.returns()


@rule("join.count-rises-on-put", source=DOCS / "JoinableQueue.join", kinds=JOINABLE)
def test_unflushed_item_is_unfinished(queue, make_thread, under_way, gate):
    """An item counts as unfinished even before it has been flushed.

    A producer that calls put() and then join() must not find a count of zero while its items are still being sent.
    """
    under_way(queue, "item")
    joining = make_thread(queue).calls.join()
    joining.stays_blocked()

    queue.task_done()

    joining.returns()
    gate.opens()


@rule("join.across-processes", source=DOCS / "JoinableQueue.join", kinds=JOINABLE)
def test_join_waits_for_other_processes(queue, make_child):
    """join() waits for items that other processes are working on.

    All processes share one count: a parent puts tasks, its children work on them, and join() returns when all are done.
    """
    first, second = make_child(queue), make_child(queue)
    tasks = list(range(20))
    queue.plays(moving.put_all, tasks)

    working = [child.begins(moving.work, count=10) for child in (first, second)]
    queue.join()

    assert sorted(working[0].returns() + working[1].returns()) == tasks


@rule("join.done-by-other-process", source=DOCS / "JoinableQueue.task_done", kinds=JOINABLE, level="de-facto")
def test_task_done_by_another_process(queue, child):
    """task_done() can be called by a process other than the one that got the item.

    A consumer may pass its work on; the process that finishes it reports the item as done.
    """
    queue.put("task")
    child.get()

    queue.task_done()

    queue.join()


@rule("join.many-waiters", source=DOCS / "JoinableQueue.join", kinds=JOINABLE)
def test_all_joins_return(queue, child, make_thread):
    """All threads and processes that are blocked in join() continue when the last item is done.

    Several parts of a program can wait for the same work, and none of them is left behind.
    """
    queue.put("task")
    waiting = [waiter.calls.join() for waiter in (make_thread(queue), make_thread(queue), child)]
    waiting[-1].stays_blocked()

    queue.plays(moving.work, count=1)

    for joining in waiting:
        joining.returns()


@rule("join.done-meanwhile", source=DOCS / "JoinableQueue.join", kinds=JOINABLE)
def test_task_done_while_join_starts(queue, child, make_thread):
    """join() returns even if the last item is marked as done while join() is starting.

    If the call went unnoticed between checking the count and starting to wait, join() would block forever.
    """
    queue.put("task")
    assert child.get() == "task"

    joining = make_thread(queue).begins(timing.in_slow_motion, "join", pause=0.05)
    marking = child.begins(timing.in_slow_motion, "task_done", pause=0.05)

    marking.returns()
    joining.returns()


@rule("join.reusable", source=DOCS / "JoinableQueue.join", kinds=JOINABLE)
def test_join_is_reusable(queue, child, make_thread):
    """join() blocks again after more items have been put.

    Work often comes in rounds, and one queue can serve all of them.
    """
    queue.put("first round")
    child.plays(moving.work, count=1)
    queue.join()

    queue.put("second round")
    joining = make_thread(queue).calls.join()
    joining.stays_blocked()
    child.plays(moving.work, count=1)

    joining.returns()


@rule("join.no-timeout", source=(DOCS / "JoinableQueue.join", ISSUE / "104448"), level="de-facto", kinds=JOINABLE)
def test_join_has_no_timeout(queue):
    """join() does not accept a timeout.

    A program that must not wait forever has to call join() in a separate thread. The documentation does not say that a
    queue may have no such parameter.
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
def test_interrupted_join_leaves_queue_usable(queue, context, make_object):
    """A process that is interrupted by Ctrl-C in join() leaves the queue usable.

    A program that waits for work nobody does can be stopped, and other processes can still finish the work.
    """
    queue.put("task")
    up = make_object(making.event, context)
    waiter = make_object(ending.blocked, context, up, queue, "join")
    up.wait()
    waiter.join(timing.MOMENT)

    waiter.plays(ending.interrupt_until_it_ends)

    assert waiter.plays(ending.exit_code) == 1
    assert queue.plays(moving.work, count=1) == ["task"]
    queue.join()


@rule("join.after-close", source=OBSERVED, kinds=JOINABLE, level="de-facto")
def test_task_done_and_join_after_close(queue, child):
    """task_done() and join() still work after close().

    A producer may close the queue first and then wait for the work to be done.
    """
    queue.plays(moving.put_all, ["task", "other task"])
    queue.close()
    child.plays(moving.work, count=1)
    child.get()

    queue.task_done()

    queue.join()


@rule("td.one-per-item", source=(DOCS / "JoinableQueue.task_done", DOCS / "pipes-and-queues"), kinds=JOINABLE)
def test_one_task_done_per_item(queue, child, make_thread):
    """join() waits for one task_done() call per item.

    With one call missing, the producer waits forever; if one call counted twice, it would continue too early.
    """
    queue.plays(moving.put_all, ["a", "b", "c"])
    joining = make_thread(queue).calls.join()
    child.plays(moving.work, count=2)
    joining.stays_blocked()

    child.plays(moving.work, count=1)

    joining.returns()


@rule("td.every-put", source=(DOCS / "JoinableQueue", THREAD_QUEUE / "Queue.put_nowait"), kinds=JOINABLE)
@each(
    ("method", "decision"),
    [("put_nowait", {}), ("put", {"block": False}), ("put", {"timeout": 1000})],
    ids=["put_nowait", "not waiting", "waiting for some time"],
)
def test_every_put_counts_once(queue, child, method, decision):
    """An item counts as one unfinished task, no matter how it was put.

    Producers can mix put(), put_nowait(), and timeouts without changing what join() waits for.
    """
    getattr(queue, method)("a", **decision)

    child.plays(moving.work, count=1)

    queue.join()
    with raises(ValueError):
        queue.task_done()


@rule("td.while-put-waits", source=(DOCS / "JoinableQueue.task_done", DOCS / "Queue.put"), kinds=JOINABLE)
def test_task_done_while_put_blocks(small_queue, make_child):
    """task_done() does not wait for a put() that is blocked on a full queue.

    A worker that marks its task as done before getting the next one would deadlock with a blocked producer.
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
def test_task_done_right_after_get(queue, child):
    """task_done() can be called as soon as get() has returned the item.

    The count is raised before the item becomes available, so a fast consumer never gets a spurious `ValueError`.
    """
    working = child.begins(moving.work, count=2)
    queue.put("first")

    putting = queue.begins(timing.in_slow_motion, "put", "second")

    assert working.returns() == ["first", "second"]
    putting.returns()
    queue.join()


@rule("td.while-put-goes-on", source=(DOCS / "JoinableQueue.join", ISSUE / "bpo-4660"), kinds=JOINABLE)
def test_task_done_before_put_returns(queue, child):
    """task_done() can be called for an item even if its put() has not returned yet.

    A running feeder thread may send the item before put() has returned.
    """
    working = child.begins(moving.work_until_none)

    count = queue.plays(timing.put_while_sending)
    queue.put(None)

    assert working.returns() == count
    queue.join()


@rule("td.too-many", source=DOCS / "JoinableQueue.task_done", kinds=JOINABLE)
def test_too_many_task_done_calls(queue, child, make_thread):
    """task_done() raises `ValueError` if no unfinished item is left.

    The mistake is reported where it is made and does not count against items that are put later.
    """
    queue.put("a")
    child.plays(moving.work, count=1)

    with raises(ValueError):
        child.task_done()

    queue.put("b")
    joining = make_thread(queue).calls.join()
    joining.stays_blocked()
    child.plays(moving.work, count=1)
    joining.returns()


@rule("td.too-many-on-fresh-queue", source=DOCS / "JoinableQueue.task_done", kinds=JOINABLE)
def test_task_done_on_unused_queue(child):
    """task_done() raises `ValueError` if nothing was ever put.

    This also holds in a process that did not create the queue: the count is the same everywhere.
    """
    with raises(ValueError):
        child.task_done()


@rule("td.before-get-accepted", source=OBSERVED, kinds=JOINABLE, level="de-facto", proves=("td.returns-none",))
def test_task_done_before_get(queue):
    """task_done() can be called before the item has been taken.

    Calls are counted against items that were put, not items that were taken; the item itself stays in the queue.
    """
    queue.put("task")

    assert queue.task_done() is None

    queue.join()
    assert queue.get() == "task"


UNTESTED += [
    untested(
        "td.forgotten-overflow",
        "If items are never marked as done, the semaphore that counts them may overflow and raise an exception.",
        source=DOCS / "pipes-and-queues",
        reason="It takes more items than a semaphore can count, which is about two billion on most systems. Where the "
        "limit is 32767, as on macOS, the documentation does not say which call raises which exception.",
    ),
]


@rule("td.consumer-death", source=DOCS / "JoinableQueue.task_done", kinds=JOINABLE, level="hazard")
def test_join_after_consumer_death(queue, child, make_thread):
    """join() keeps waiting if a consumer ends without calling task_done() for its item.

    The queue does not notice that the consumer is gone; another process has to call task_done() in its place.
    """
    queue.put("task")
    child.get()
    child.process.leaves()
    joining = make_thread(queue).calls.join()
    joining.stays_blocked()

    queue.task_done()

    joining.returns()


@rule("td.unpicklable-leaves-count", source=OBSERVED, kinds=JOINABLE, level="hazard")
def test_unpicklable_item_stays_unfinished(queue, child, make_thread):
    """An item that cannot be pickled remains unfinished.

    It never arrives, so no consumer marks it as done, and join() blocks forever.
    """
    queue.put(made(pickling.unpicklable))
    queue.put("good")
    child.plays(moving.work, count=1)
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

    queue.plays(moving.work, count=1)

    queue.join()
