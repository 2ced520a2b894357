"""Pending changes.

Changes to the queues of CPython that have been proposed and not decided yet. A rule here says what the proposal does,
and applies only to a queue that can do it: the queue itself answers that, not a version number. Once a change
is documented, its rules become promises and move to the chapter of their subject.
"""

from roles import moving

from queuespec import ISSUE, THREAD_QUEUE, ShutDown, raises, rule

SHUTDOWN = (ISSUE / "138828", THREAD_QUEUE / "Queue.shutdown")
"""The proposal, and the method of thread queues that it follows. `ShutDown` exists since Python 3.13."""
JOINABLE = ("JoinableQueue",)


@rule("shutdown.put", source=SHUTDOWN, level="de-facto", since=(3, 13))
def test_put_after_shutdown(queue, requires):
    """If a queue can be shut down, put() raises `ShutDown` afterward.

    A producer finds out at its next item that there is nobody left to work for.
    """
    requires(queue, "shutdown", "immediate")

    queue.shutdown()

    with raises(ShutDown):
        queue.put("a")


@rule("shutdown.get", source=SHUTDOWN, level="de-facto", since=(3, 13))
def test_get_after_shutdown(queue, child, requires):
    """If a queue can be shut down, get() returns the remaining items afterward, and then raises `ShutDown`.

    No work is lost, and consumers need no sentinel to learn that it is over.
    """
    requires(queue, "shutdown", "immediate")
    child.put("a")
    child.put("b")

    queue.shutdown()

    assert queue.get() == "a"
    assert queue.get() == "b"
    with raises(ShutDown):
        queue.get()


@rule("shutdown.immediate", source=SHUTDOWN, level="de-facto", since=(3, 13))
def test_immediate_shutdown(queue, child, requires):
    """If a queue can be shut down, get() raises `ShutDown` after `shutdown(immediate=True)`, even if items were left.

    This stops the work itself, not only the supply of new items.
    """
    requires(queue, "shutdown", "immediate")
    child.put("a")

    queue.shutdown(immediate=True)

    with raises(ShutDown):
        queue.get()


@rule("shutdown.wakes-get", source=SHUTDOWN, level="de-facto", since=(3, 13))
def test_shutdown_wakes_every_blocked_get(queue, make_child, requires):
    """If a queue can be shut down, shutdown() makes every blocked get() raise `ShutDown`.

    Consumers that are already waiting do not wait forever.
    """
    requires(queue, "shutdown", "immediate")
    first = make_child(queue).calls.get()
    second = make_child(queue).calls.get()
    second.stays_blocked()

    queue.shutdown()

    first.raises(ShutDown)
    second.raises(ShutDown)


@rule("shutdown.wakes-put", source=SHUTDOWN, level="de-facto", since=(3, 13))
def test_shutdown_wakes_every_blocked_put(full_queue, make_child, requires):
    """If a queue can be shut down, shutdown() makes every blocked put() raise `ShutDown`.

    Producers that wait for room do not wait for consumers that have ended.
    """
    requires(full_queue, "shutdown", "immediate")
    first = make_child(full_queue).calls.put("late")
    second = make_child(full_queue).calls.put("late")
    second.stays_blocked()

    full_queue.shutdown()

    first.raises(ShutDown)
    second.raises(ShutDown)


@rule("shutdown.everywhere", source=SHUTDOWN, level="de-facto", since=(3, 13))
def test_shutdown_is_for_all_processes(queue, make_child, requires):
    """If a queue can be shut down, shutdown() in one process applies to all others, even those that start later.

    Any process may end the work, and none has to notify the others.
    """
    requires(queue, "shutdown", "immediate")
    child, other = make_child(queue), make_child(queue)

    child.shutdown()

    with raises(ShutDown):
        queue.put("a")
    with raises(ShutDown):
        other.get()
    with raises(ShutDown):
        make_child(queue).get()


@rule("join.timeout", source=ISSUE / "104448", level="de-facto", kinds=JOINABLE)
def test_join_gives_up_after_its_timeout(queue, requires):
    """If join() takes a timeout, it ends when this time has passed, even if items are not done.

    A program can react to workers that have crashed. How it learns that the timeout has passed is not decided: join()
    may return or raise an exception.
    """
    requires(queue, "join", "timeout")
    queue.put("never done")

    joining = queue.calls.join(timeout=0.2)

    joining.succeeds_or_raises(Exception)
    joining.waited(0.2)


@rule("join.timeout-done", source=ISSUE / "104448", level="de-facto", kinds=JOINABLE)
def test_join_with_timeout_returns_when_all_is_done(queue, child, make_thread, requires):
    """If join() takes a timeout, it ends earlier when all items are done.

    A long timeout costs nothing if the work is done earlier.
    """
    requires(queue, "join", "timeout")
    queue.put("task")
    joining = make_thread(queue).calls.join(timeout=3600)
    joining.stays_blocked()

    child.plays(moving.work, count=1)

    joining.returns()
