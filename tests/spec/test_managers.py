"""Managers.

`Manager()` starts a process that makes queues and keeps them for its clients. A program may start several managers,
each with an address and an authentication key of its own, and other programs can connect to one by these two. A queue
exists only as long as its manager, and only while something refers to it.
"""

from items import pickling
from roles import ending, managing, moving

from queuespec import CHANGELOG, DOCS, ISSUE, OBSERVED, each, made, raises, rule

MANAGER = ("Manager.Queue",)
KEY = b"a key of its own"


@rule("manager.shutdown-idempotent", source=DOCS / "BaseManager.shutdown", kinds=MANAGER, needs=MANAGER)
def test_manager_shutdown_twice(make_manager):
    """A manager can be shut down twice.

    Several parts of a program may each make sure that it is shut down.
    """
    manager = make_manager()

    manager.shutdown()

    manager.shutdown()


@rule(
    "manager.lifetime-manager", source=(DOCS / "BaseManager.shutdown", DOCS / "managers"), kinds=MANAGER, needs=MANAGER
)
def test_put_after_manager_shutdown(make_manager, make_object):
    """put() raises an exception after the manager has been shut down.

    The queue disappears along with its process; users get an error and do not wait forever.
    """
    manager = make_manager()
    queue = make_object(managing.queue_of, manager)

    manager.shutdown()

    with raises(Exception):
        queue.put("a")


@rule("manager.with-block", source=(DOCS / "BaseManager", DOCS / "BaseManager.shutdown"), kinds=MANAGER, needs=MANAGER)
def test_with_block_shuts_manager_down(make_manager, make_object):
    """A manager that is used in a `with` statement is shut down at the end of the block.

    Its queues cannot be used afterward: the processes that use them must have finished before the block ends.
    """
    queue = make_object(managing.queue_of_a_with_block, make_manager())

    with raises(Exception):
        queue.put("a")


@rule("manager.collected", source=DOCS / "managers", kinds=MANAGER, needs=MANAGER)
def test_collected_manager_is_shut_down(parent, context):
    """A manager is shut down when it is garbage collected, even if a child still uses its queue.

    The program that starts a manager must refer to it for as long as anybody uses its queues.
    """
    assert context.plays(managing.drop_a_manager_that_a_child_uses) == "the manager was gone"


@rule("manager.kept-by-queue", source=OBSERVED, level="de-facto", kinds=MANAGER, needs=MANAGER)
def test_queue_keeps_its_manager(make_object, context):
    """A queue keeps its manager running in the process that made both.

    So `Manager().Queue()` works in one expression.
    """
    queue = make_object(managing.queue_without_name_for_its_manager, context)

    queue.put("a")

    assert queue.get() == "a"


@rule("manager.gone-before-children", source=DOCS / "managers", level="hazard", kinds=MANAGER)
def test_manager_ends_before_children(program):
    """At the end of the main program, the manager is shut down before the children are joined.

    A child that still uses a queue gets an exception. Join the children before the main program ends.
    """
    run = program("manager_goes_first")

    run.prints("the manager was gone")
    run.succeeds()


@rule("manager.outlives-killed-main", source=OBSERVED, level="hazard", kinds=MANAGER)
def test_manager_outlives_killed_main(program):
    """A manager keeps running after the main program that started it was killed.

    Nobody shuts it down: the process remains until somebody ends it.
    """
    run = program("killed_main")

    run.prints("the manager is still there")
    run.succeeds()


@rule(
    "manager.ctrl-c",
    source=CHANGELOG / "bpo-36368",
    level="de-facto",
    kinds=MANAGER,
    needs=("managers",),
    systems=("POSIX",),
)
def test_manager_survives_ctrl_c(queue, child):
    """A manager is not terminated by Ctrl-C.

    The terminal signals every process of the program, which still needs its queues for an orderly shutdown.
    """
    queue.put(made(pickling.where_it_is_rebuilt))
    manager = queue.get()
    getting = child.calls.get()
    getting.stays_blocked()

    queue.process.plays(ending.send_interrupt, manager)
    getting.stays_blocked()

    queue.put("last")
    assert getting.returns() == "last"


@rule("manager.separate", source=DOCS / "managers", kinds=MANAGER, needs=MANAGER)
def test_managers_are_separate(make_manager, make_object):
    """Shutting down a manager does not affect the queues of another one.

    Each manager is a process of its own, so parts of a program can have one each.
    """
    manager, other = make_manager(), make_manager()
    queue = make_object(managing.queue_of, other)
    queue.put("kept")

    manager.shutdown()

    assert queue.get() == "kept"


@rule("manager.picklable-proxy", source=DOCS / "proxy-objects", kinds=MANAGER)
def test_proxy_through_another_queue(queue, make_queue, make_child):
    """A proxy can be sent through another queue.

    A proxy is only a reference, so processes can be given the queue long after they have started.
    """
    carrier = make_queue(kind="Queue")
    child = make_child(carrier)

    carrier.put(queue)
    child.plays(moving.put_into_what_arrives, "a")

    assert queue.get() == "a"


@rule("manager.nested", source=DOCS / "proxy-objects", kinds=MANAGER)
def test_proxy_in_another_queue_of_manager(queue, make_queue, make_child):
    """A proxy can be put into another queue of the same manager.

    A request can carry the queue for its reply.
    """
    requests = make_queue()
    child = make_child(requests)
    requests.put(queue)

    child.plays(moving.put_into_what_arrives, "answer")

    assert queue.get() == "answer"


@rule("manager.nested-elsewhere", source=DOCS / "proxy-objects", kinds=MANAGER, needs=MANAGER)
def test_proxy_in_queue_of_another_manager(make_manager, make_object, make_queue, make_child):
    """A proxy can be put into a queue of another manager.

    It still refers to the queue in its own manager.
    """
    queue = make_object(managing.queue_of, make_manager())
    requests = make_queue()
    child = make_child(requests)
    requests.put(queue)

    child.plays(moving.put_into_what_arrives, "answer")

    assert queue.get() == "answer"


@rule(
    "manager.nested-is-kept",
    source=(DOCS / "SyncManager.list", OBSERVED),
    level="de-facto",
    kinds=MANAGER,
    needs=MANAGER,
)
def test_nested_queue_is_kept(make_manager):
    """A queue that is an item of another queue of its manager is kept, even if no process has a proxy.

    Unlike a proxy on its way through a pipe, an item in the manager counts as a reference.
    """
    manager = make_manager()

    assert manager.plays(managing.put_into_a_queue_without_proxy) == "kept"


@rule(
    "manager.kept-by-child",
    source=DOCS / "cleanup",
    kinds=MANAGER,
    needs=MANAGER,
    start_methods=("fork", "forkserver"),
)
def test_child_keeps_queue_alive(make_manager, context):
    """A child's proxy keeps the queue alive after the parent has deleted its own.

    A queue is deleted when the last of its proxies is gone, no matter which process that is in.
    """
    manager = make_manager()

    assert manager.plays(managing.let_a_child_keep_a_queue, context) == 0


@rule(
    "manager.lost-by-spawned-child",
    level="hazard",
    source=OBSERVED,
    kinds=MANAGER,
    needs=MANAGER,
    since=(3, 10),
    start_methods=("spawn",),
)
def test_spawned_child_does_not_keep_queue_alive(make_manager, context):
    """A spawned child's proxy does not keep the queue alive after the parent has deleted its own.

    Since Python 3.10, a spawned child is not counted as a user of the queue. The parent must keep its proxy until the
    child no longer needs the queue.
    """
    manager = make_manager()

    assert manager.plays(managing.let_a_child_keep_a_queue, context) == 1


@rule("manager.other-proxy-dropped", source=DOCS / "cleanup", kinds=MANAGER, needs=MANAGER)
def test_queue_survives_deletion_of_another(make_manager):
    """A queue keeps working after another queue of the same manager has been deleted.

    References to each queue are counted separately.
    """
    manager = make_manager()

    assert manager.plays(managing.drop_one_of_two_queues) == "kept"


@rule("manager.abandoned-queue", source=DOCS / "cleanup", kinds=MANAGER, needs=MANAGER)
def test_manager_lets_abandoned_queue_go(make_manager):
    """A manager lets a queue and its items go once no proxy refers to it.

    A server that runs for months needs memory for the queues in use, not for all that it has ever made.
    """
    manager = make_manager()

    assert manager.plays(managing.put_and_drop, 5.0) == "let go"


@rule("manager.lifetime-proxies", level="hazard", source=DOCS / "cleanup", kinds=MANAGER, needs=MANAGER)
def test_queue_without_proxies_is_deleted(make_manager):
    """A queue is deleted once no proxy refers to it, even while a pickled proxy is in transit.

    A sender must keep its own proxy until the receiver has unpickled the one it was sent.
    """
    manager = make_manager()

    with raises(Exception):
        manager.plays(managing.put_by_a_proxy_that_was_away)


@rule(
    "manager.passed-without-reference",
    level="hazard",
    source=DOCS / "cleanup",
    kinds=MANAGER,
    needs=MANAGER,
    start_methods=("spawn", "forkserver"),
)
def test_queue_made_as_argument_is_deleted(make_manager, context):
    """A queue that is made in the argument list of a `Process` is deleted before the child can use it.

    start() drops the arguments when it has pickled them. Keep a reference until the child has received the queue.
    """
    manager = make_manager()

    assert manager.plays(managing.give_a_queue_that_nothing_else_holds, context) == 3


@rule("manager.own-key", source=(DOCS / "BaseManager", DOCS / "proxy-objects"), kinds=MANAGER, needs=MANAGER)
def test_child_uses_queue_of_manager_with_own_key(make_manager, make_object, make_child):
    """A child can use a queue of a manager that has an authentication key of its own.

    The key is given to the child along with the queue; it need not be the key of the processes.
    """
    queue = make_object(managing.queue_of, make_manager(authkey=KEY))
    child = make_child(queue)

    child.put("a")

    assert queue.get() == "a"


@rule("manager.own-key-nested", source=ISSUE / "78740", level="hazard", kinds=MANAGER, needs=MANAGER)
def test_queue_of_manager_with_own_key_cannot_be_nested(make_manager, make_object):
    """If a manager has an authentication key of its own, a queue cannot be taken out of another one of its queues.

    The key does not travel with the item; get() uses that of its process and raises `AuthenticationError`.
    """
    manager = make_manager(authkey=KEY)
    carrier, queue = make_object(managing.queue_of, manager), make_object(managing.queue_of, manager)

    assert carrier.plays(managing.error_of_sending, queue) == "AuthenticationError"


@rule("manager.own-key-sent", source=ISSUE / "139801", level="hazard", kinds=MANAGER, needs=MANAGER)
@each(("carrier", "error"), [("Queue", "AuthenticationError"), ("Manager.Queue", "RemoteError")])
def test_queue_of_manager_with_own_key_cannot_be_sent(make_manager, make_object, make_queue, carrier, error):
    """A queue of a manager with an authentication key of its own cannot be sent through a queue outside that manager.

    A `Queue` raises the error in get(), and a queue of another manager in put(), since that manager unpickles it.
    """
    queue = make_object(managing.queue_of, make_manager(authkey=KEY))

    assert make_queue(kind=carrier).plays(managing.error_of_sending, queue) == error


@rule(
    "manager.process-key",
    source=(DOCS / "BaseManager", DOCS / "authentication-keys", DOCS / "Process.authkey"),
    kinds=MANAGER,
    needs=MANAGER,
)
def test_key_of_main_process(program):
    """A manager without a key of its own has the authentication key of its process, as its children do.

    A program that must know the key sets `current_process().authkey` first; then queues can be sent through queues.
    """
    run = program("own_process_key")

    run.prints("the answer: welcome")
    run.prints("connected")
    run.succeeds()


@rule("manager.address", source=(DOCS / "BaseManager", DOCS / "Listener"), kinds=MANAGER, needs=MANAGER)
def test_addresses(program):
    """A manager serves at the address that it is given: a TCP port, or a name.

    The name is a path where the OS has Unix domain sockets, and the name of a pipe on Windows.
    """
    run = program("addresses")

    run.prints("by port: welcome at a port of this host")
    run.prints("by name: welcome at this very name")
    run.succeeds()


@rule("manager.remote-queue", source=DOCS / "using-a-remote-manager", kinds=MANAGER, needs=MANAGER)
def test_remote_queue(program):
    """Clients that know the address and key of a manager can share a queue that it has registered.

    Processes that have no parent in common can meet at a queue, and clients without the key are rejected.
    """
    publishing = program("remote_queue")

    publishing.prints("another client got: welcome")
    publishing.prints("AuthenticationError")
    assert publishing.ends() == 0


@rule(
    "manager.other-program",
    source=(DOCS / "BaseManager.get_server", DOCS / "BaseManager.connect"),
    kinds=MANAGER,
    needs=MANAGER,
)
def test_server_in_another_program(program):
    """A program can serve a queue itself, and the queue outlives the clients that connect to it.

    One client puts an item and ends; the next one gets it.
    """
    run = program("another_program")

    run.prints("the next client got: welcome")
    run.succeeds()


@rule("manager.registered-class", source=DOCS / "BaseManager.register", kinds=MANAGER, needs=MANAGER)
def test_registered_class_makes_a_queue_for_each_client(program):
    """If a server registers a queue class, each client gets a queue of its own.

    What is registered is called for every client. To share one queue, register a function that returns it.
    """
    run = program("another_program")

    run.prints("in the queue of another client: 0")
    run.succeeds()


@rule("manager.server-ctrl-c", source=OBSERVED, level="de-facto", kinds=MANAGER, needs=MANAGER, systems=("POSIX",))
def test_ctrl_c_ends_server(program):
    """Ctrl-C ends a server that a program runs by itself, with exit code 0.

    Only a manager that was started as a process ignores Ctrl-C; serve_forever() takes it as the signal to stop.
    """
    run = program("another_program", "Ctrl-C")

    run.prints("Ctrl-C ended the server with exit code 0")
    run.succeeds()
