"""Clients of a manager.

A process or thread that uses a manager queue has a connection to the manager, over which it sends one request at a time
and waits for the answer. The manager does not notice that a client has stopped waiting - because of Ctrl-C, or because
it was killed - and performs the request nevertheless.
"""

from roles import making, managing, timing

from queuespec import DOCS, ISSUE, OBSERVED, THREAD_QUEUE, each, rule, untested

MANAGER = ("Manager.Queue",)
BOTH = ("Manager.Queue", "Manager.JoinableQueue")
ATTEMPTS = 3


@rule("manager.blocked-get-does-not-stall", level="de-facto", source=OBSERVED, kinds=BOTH)
def test_blocked_get_does_not_block_others(queue, child, make_queue):
    """A blocked get() does not block calls from other processes.

    The manager serves each client in a thread of its own, so a waiting client delays neither this queue nor another.
    """
    other = make_queue()
    getting = child.calls.get()
    getting.stays_blocked()

    other.put("b")
    assert other.get() == "b"

    queue.put("a")
    assert getting.returns() == "a"


@rule("manager.threads", level="de-facto", source=OBSERVED, kinds=BOTH)
def test_threads_do_not_wait_for_each_other(queue, make_thread):
    """A blocked get() in one thread does not block calls from another thread of the same process.

    Each thread opens a connection of its own; on a shared one, a request would wait for the answer to the previous one.
    """
    getting = make_thread(queue).calls.get()
    getting.stays_blocked()

    queue.put("a")

    assert getting.returns() == "a"


@rule("manager.used-before", source=DOCS / "proxy-objects", kinds=BOTH)
def test_child_uses_proxy_after_parent(queue, make_child):
    """A child can use a proxy that its parent has already used.

    The child opens its own connection to the manager; on its parent's, it would receive the parent's replies.
    """
    queue.put("before")
    assert queue.get() == "before"
    child = make_child(queue)
    getting = child.calls.get()
    getting.stays_blocked()

    queue.put("after")

    assert getting.returns() == "after"


@rule("manager.bare-fork", source=ISSUE / "101320", level="hazard", kinds=MANAGER, systems=("POSIX",))
def test_bare_fork_mixes_up_answers(queue, child):
    """After `os.fork()`, a process and its copy use one connection, and one gets the answers meant for the other.

    `Process` gives a child a connection of its own. A bare fork of a process that has used the queue keeps the old one.
    """
    child.put("before")
    assert queue.get() == "before"

    child.plays(managing.wait_in_a_bare_fork)
    putting = child.calls.put("mine")
    putting.stays_blocked()
    queue.put("for the fork")

    assert putting.returns() == "for the fork"


@rule(
    "manager.lost-manager-ends-get",
    source=(OBSERVED, DOCS / "Connection.recv"),
    level="de-facto",
    kinds=MANAGER,
    needs=MANAGER,
)
@each("end", [managing.shut_down, managing.killed], ids=["shut down", "killed"])
def test_end_of_manager_ends_blocked_get(make_manager, make_object, make_child, end):
    """A blocked get() raises an exception when the manager is shut down or killed.

    Its connection has ended, so no consumer waits for a queue that is gone.
    """
    manager = make_manager()
    queue = make_object(managing.queue_of, manager)
    getting = make_child(queue).calls.get()
    getting.stays_blocked()

    manager.plays(end)

    getting.raises(Exception)


@rule("manager.restarted-server", source=ISSUE / "78947", level="hazard", kinds=MANAGER, systems=("POSIX",))
def test_old_connection_to_restarted_server_is_used(program):
    """A client that connects to a restarted server at the same address still uses its old connection, and fails.

    Connections are kept by address, for as long as the client refers to any queue that it got from there.
    """
    run = program("restarted_server")

    run.prints("the old connection was used")
    run.succeeds()


@rule("manager.get-interruptible", source=THREAD_QUEUE / "Queue.get", level="platform", kinds=BOTH, systems=("POSIX",))
def test_blocked_get_can_be_interrupted(queue, make_child, make_object, context):
    """A blocked get() of a manager queue can be interrupted by Ctrl-C.

    A program that waits can be stopped, although the wait itself takes place in another process.
    """
    signal_now = make_object(making.event, context)
    child, _ = make_child(queue, signal_now)
    getting = child.begins(timing.interrupted, signal_now, "get")
    getting.stays_blocked()

    signal_now.set()

    assert getting.returns() is True


@rule("manager.stale-answer", source=OBSERVED, level="hazard", kinds=BOTH, systems=("POSIX",))
@each("wait", [(), (True, 1000)], ids=["waiting", "waiting for some time"])
def test_interrupted_get_answers_next_call(queue, make_child, make_object, context, wait):
    """After get() was interrupted by Ctrl-C, the next call of the same thread returns the answer to that get().

    The answer arrives on the connection when nobody waits for it, and all later calls are one answer behind. A thread
    that was interrupted must not use any queue of that manager again.
    """
    signal_now = make_object(making.event, context)
    child, _ = make_child(queue, signal_now)
    assert child.qsize() == 0
    getting = child.begins(timing.interrupted, signal_now, "get", *wait)
    getting.stays_blocked()
    signal_now.set()
    assert getting.returns() is True

    queue.put("late")

    assert child.qsize() == "late"


@rule("manager.interrupted-put", source=OBSERVED, level="hazard", kinds=BOTH, systems=("POSIX",))
def test_interrupted_put_still_puts(small_queue, make_child, make_object, context):
    """A put() that was interrupted by Ctrl-C still puts its item once there is room.

    A program that tries again puts the item twice.
    """
    signal_now = make_object(making.event, context)
    small_queue.put("first")
    child, _ = make_child(small_queue, signal_now)
    assert child.qsize() == 1
    putting = child.begins(timing.interrupted, signal_now, "put", "interrupted")
    putting.stays_blocked()
    other = make_child(small_queue).calls.put("patient")
    other.stays_blocked()
    signal_now.set()
    assert putting.returns() is True

    assert small_queue.get() == "first"

    assert small_queue.get() == "interrupted"
    other.returns()


@rule("manager.killed-getter-loses-item", source=(OBSERVED, DOCS / "all-start-methods"), level="hazard", kinds=BOTH)
def test_killed_client_takes_an_item(make_queue, make_child):
    """If a client is killed while it waits in get(), the next item that is put goes to that client and is lost.

    The manager takes the item from the queue before it notices that nobody is there to receive it.
    """
    for _ in range(ATTEMPTS):
        queue = make_queue()
        killed, other = make_child(queue), make_child(queue)
        assert killed.qsize() == 0
        killed.calls.get().stays_blocked()
        getting = other.calls.get()
        getting.stays_blocked()
        killed.process.is_killed()
        queue.put("for the dead")
        queue.put("next")
        got = getting.returns()
        if got == "next":
            break

    assert got == "next"


@rule("manager.thread-of-vanished-client", level="de-facto", source=OBSERVED, kinds=MANAGER)
def test_thread_of_vanished_client_ends(queue, child, make_queue):
    """The manager's thread for a client that vanished in get() ends once it has nobody to send the answer to.

    A server outlives many clients. A thread that went on would keep a CPU busy, or its memory.
    """
    other = make_queue()
    known = other.plays(managing.threads_of_server)
    child.process.dies(managing.vanish_in_get, child)

    queue.put("for nobody")

    assert other.plays(managing.threads_end, known, 5.0) == 0


UNTESTED = [
    untested(
        "manager.thread-caution",
        "Several threads must not use one proxy without a lock; several processes may.",
        source=DOCS / "all-start-methods",
        reason="This is advice to users: the documentation names no consequence that a test could look for.",
    ),
]
