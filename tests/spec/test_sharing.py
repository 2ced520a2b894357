"""Sharing a queue with other processes.

A queue is made first and then given to the processes that share it, as an argument when they are started: it is
inherited, never sent. A process that holds it may put, get, and pass it on to children of its own. There is no other
way; whatever looks like one raises an error, so no process ends up with a copy that leads nowhere.
"""

from items import pickling
from roles import ending, looking, moving, sharing, timing

from queuespec import ARTICLE, DOCS, ISSUE, OBSERVED, each, histories, made, raises, rule

EXPLICIT = DOCS / "all-start-methods"
SPAWNED = DOCS / "the-spawn-and-forkserver-start-methods"
PROCESS_QUEUES = ("Queue", "JoinableQueue", "SimpleQueue")
NEEDS = ("start methods",)
PICKLED = ("pickled queues", "pickling")


@rule(
    "share.args",
    source=(ARTICLE / "Basic Usage", DOCS / "exchanging-objects-between-processes"),
    kinds=PROCESS_QUEUES,
    proves=("ctor.create-before-processes",),
)
def test_queue_as_argument(queue, child):
    """A queue passed to a process as an argument is shared with it.

    Make the queue first and start the processes afterward: both sides then hold the same queue.
    """
    child.put("from the child")

    assert child.process.leaves() == 0
    assert queue.get() == "from the child"


@rule("share.kwargs", source=(ARTICLE / "Basic Usage", DOCS / "Process"), kinds=PROCESS_QUEUES, needs=NEEDS)
def test_queue_as_keyword_argument(context, queue):
    """A queue passed to a process as a keyword argument is shared with it.

    Programs may use `args` or `kwargs`, whichever reads better.
    """
    assert context.plays(sharing.put_from_a_new_process_by_keyword, queue, ["from the child"]) == 0

    assert queue.get() == "from the child"


@rule("share.nested-in-args", source=SPAWNED, level="de-facto", kinds=PROCESS_QUEUES, needs=("pickled queues",))
def test_queue_inside_an_argument(queue, make_object, make_child):
    """A queue inside a container that is passed to a process is shared with it.

    Programs pass their queues in lists, in configurations and in objects.
    """
    child = make_child(make_object(sharing.nested, queue))

    child.plays(sharing.put_into_the_inner, "from inside")

    assert queue.get() == "from inside"


@rule("share.nested-is-one", source=SPAWNED, level="de-facto", kinds=PROCESS_QUEUES, needs=("pickled queues",))
def test_queue_on_two_paths_is_one_object(queue, make_object, make_child):
    """A queue that reaches a child process on two paths is a single object there.

    Two copies would have two buffers, and items put into one could overtake items put into the other.
    """
    child = make_child(make_object(sharing.nested, queue))

    assert child.plays(sharing.held_once)


@rule("share.process-attribute", source=DOCS / "using-a-remote-manager", kinds=("Queue",), needs=NEEDS)
def test_queue_as_process_attribute(program):
    """A process object can carry a queue as an attribute.

    A subclass of `Process` can keep what it works with in attributes.
    """
    worker = program("worker_with_a_queue")

    worker.prints("from the worker\n")
    worker.succeeds()


@rule("share.both-directions", source=DOCS / "pipes-and-queues", kinds=PROCESS_QUEUES)
def test_child_can_get_and_put(queue, child):
    """A child process can both get from and put into a shared queue.

    A queue has no separate ends for readers and writers; every process that holds it may do either.
    """
    queue.put("question")
    assert child.get() == "question"

    child.put("answer")

    assert queue.get() == "answer"


@rule("share.grandchild", source=(EXPLICIT, ISSUE / "108520"), kinds=PROCESS_QUEUES, needs=NEEDS)
def test_child_can_pass_queue_on(queue, context, make_child):
    """A child process can pass its queue on to a child of its own.

    Sharing does not end with the children of the process that made the queue.
    """
    _, in_child = make_child(queue, context)

    assert in_child.plays(sharing.put_from_a_new_process, queue, [1, 2, 3]) == 0

    assert queue.plays(moving.get_many, 3) == [1, 2, 3]


@rule("share.used-before", source=(EXPLICIT, DOCS / "pipes-and-queues"), kinds=PROCESS_QUEUES)
def test_queue_used_before_child_starts(queue, make_child):
    """A child process can put into a queue that its parent had already put into.

    A queue need not be new to be shared: what the parent has set up for sending does not affect the child.
    """
    queue.put("from the parent")
    assert queue.get() == "from the parent"
    child = make_child(queue)

    child.put("from the child")

    assert queue.get() == "from the child"
    assert child.process.leaves() == 0


@rule("share.grandchild-of-a-user", source=(EXPLICIT, ISSUE / "108520"), kinds=PROCESS_QUEUES, needs=NEEDS)
def test_child_can_pass_on_a_used_queue(queue, context, make_child):
    """A child process that has put into its queue can still pass it on to a child of its own.

    In every generation, a process may use the queue before it starts the next one.
    """
    child, in_child = make_child(queue, context)
    child.put("from the child")
    assert queue.get() == "from the child"

    assert in_child.plays(sharing.put_from_a_new_process, queue, ["from the grandchild"]) == 0

    assert queue.get() == "from the grandchild"


@rule("share.pool-initializer", source=(EXPLICIT, DOCS / "Pool"), level="de-facto", needs=NEEDS)
def test_pool_initializer_receives_queue(queue, context):
    """A pool can give its workers a queue through their initializer.

    Workers inherit the arguments of their initializer, although no task could carry a queue to them.
    """
    context.plays(sharing.put_from_a_pool_initializer, queue, "from the worker")

    assert queue.get_nowait() == "from the worker"


@rule(
    "share.no-pickle-outside-spawning",
    source=EXPLICIT,
    level="de-facto",
    kinds=PROCESS_QUEUES,
    proves=("simple.inheritance-only",),
    needs=PICKLED,
)
@each("way", [sharing.pickled, sharing.copied, sharing.copied_deeply], ids=lambda way: way.__name__)
def test_queue_cannot_be_pickled_or_copied(queue, way):
    """Pickling or copying a queue raises `RuntimeError`.

    Only a process that is being started can receive a queue; a copy that led elsewhere would silently lose items. The
    documentation asks for no more than to pass the queue to the child; a queue may travel by other ways as well.
    """
    with raises(RuntimeError):
        queue.plays(way)


@rule(
    "share.not-through-queue",
    source=(EXPLICIT, DOCS / "pipes-and-queues"),
    level="de-facto",
    needs=PICKLED,
)
def test_queue_does_not_arrive_through_a_queue(make_queue):
    """A queue that is put into another queue does not arrive, but the next item does.

    A queue cannot be sent, and one mistake does not hold up the other items.
    """
    carrier, other = make_queue(), make_queue()
    carrier.calls.put(other).succeeds_or_raises(RuntimeError)
    carrier.put("next")

    assert carrier.get() == "next"


@rule(
    "share.not-through-queue-reported",
    source=(EXPLICIT, DOCS / "pipes-and-queues"),
    level="de-facto",
    needs=(*PICKLED, "buffer"),
)
def test_queue_in_a_queue_is_reported(make_queue):
    """Putting a queue into another queue prints a `RuntimeError` to standard error.

    put() has already returned, so the error appears in the process that made the mistake, but cannot be caught.
    """
    carrier, other = make_queue(), make_queue()

    assert "RuntimeError" in carrier.plays(looking.told_while_putting, other, "RuntimeError")


@rule(
    "share.not-through-simplequeue",
    source=(EXPLICIT, DOCS / "SimpleQueue"),
    level="de-facto",
    kinds=("SimpleQueue",),
    needs=PICKLED,
)
def test_queue_in_a_simple_queue_raises(make_queue):
    """Putting a queue into a `SimpleQueue` raises `RuntimeError`.

    There is no feeder thread, so the caller gets the exception.
    """
    carrier, other = make_queue(), make_queue()

    with raises(RuntimeError):
        carrier.put(other)


@rule("share.simplequeue-goes-on", source=(EXPLICIT, DOCS / "SimpleQueue"), kinds=("SimpleQueue",))
def test_simple_queue_survives_a_refused_item(queue):
    """A `SimpleQueue` keeps working after it has refused an item.

    No part of the refused item is in the pipe, and no lock is left locked.
    """
    queue.calls.put(made(pickling.unpicklable)).succeeds_or_raises(TypeError)

    queue.put("next")

    assert queue.get() == "next"


@rule("share.not-as-pool-task", source=EXPLICIT, level="de-facto", needs=NEEDS)
def test_queue_as_pool_task_argument_raises(queue, context):
    """Fetching the result of a pool task that was given a queue as an argument raises `RuntimeError`.

    Tasks are sent to processes that are already running, so their arguments must survive pickling.
    """
    with raises(RuntimeError):
        context.plays(sharing.give_to_a_pool_task, queue)


@rule("share.global-fork", source=EXPLICIT, level="platform", kinds=(), start_methods=("fork",), needs=NEEDS)
def test_global_queue_is_shared_under_fork(program):
    """Under fork, a child process shares a queue that is in a global variable.

    No other start method allows this; passing the queue as an argument works everywhere.
    """
    run = program("global_queue")

    run.prints("the child ended with 0; in the queue: from the child\n")
    run.succeeds()


@rule("share.global-not-shared", source=SPAWNED, kinds=(), start_methods=("spawn", "forkserver"), needs=NEEDS)
def test_global_queue_is_not_shared_otherwise(program):
    """Under spawn and forkserver, a child process does not share a queue that is in a global variable.

    The child imports the main module again, which makes another queue; nobody gets what the child puts there.
    """
    run = program("global_queue")

    run.prints("the child ended with 0; in the queue: nothing\n")
    run.succeeds()


@rule("share.keep-reference", source=(EXPLICIT, ISSUE / "94765"), level="hazard", kinds=("Queue",), needs=NEEDS)
def test_parent_can_drop_queue_after_child_used_it(program):
    """A parent can drop its last reference to a queue once a child process has used it.

    The documentation says that passing the queue as an argument keeps it alive. It does not: under spawn and
    forkserver, the parent must hold the queue until the child is known to have it, or the child fails to start.
    """
    run = program("lets_go")

    run.prints("still usable\n")
    run.succeeds()


@rule(
    "share.closed-not-sendable",
    source=(DOCS / "Queue.close", OBSERVED),
    level="de-facto",
    kinds=PROCESS_QUEUES,
    start_methods=("spawn", "forkserver"),
)
def test_closed_queue_cannot_be_passed_on(queue, make_child):
    """Under spawn and forkserver, passing a closed queue to a new process raises `OSError`.

    The mistake shows when the process is started, not at the first put() in the child.
    """
    queue.plays(sharing.put_and_close)

    with raises(OSError):
        make_child(queue)


@rule("share.bare-fork", source=OBSERVED, level="de-facto", systems=("POSIX",))
def test_bare_fork_of_an_unused_queue(queue, child):
    """An item that is put after `os.fork()` arrives if the process had never put before.

    Servers fork their workers without `Process`. It is safe as long as the first put() comes after the fork; see
    `hazard.bare-fork`.
    """
    child.plays(ending.put_in_a_bare_fork, "from the fork")

    assert queue.get() == "from the fork"


@rule("share.close-is-per-process", source=(DOCS / "Queue.close", ISSUE / "135730"))
def test_child_closing_does_not_close_for_others(queue, child):
    """A queue that a child process has closed still works in other processes.

    close() ends the use of a queue by one process, not the queue.
    """
    child.close()

    queue.put("x")

    assert queue.get() == "x"


@rule(
    "share.simplequeue-closed", source=(DOCS / "SimpleQueue.close", OBSERVED), level="de-facto", kinds=("SimpleQueue",)
)
def test_child_closing_simple_queue(queue, child):
    """A `SimpleQueue` that a child process has closed still works in other processes.

    A process that puts into a queue after closing it makes a mistake of its own and holds up nobody else.
    """
    child.close()
    child.calls.put("lost").succeeds_or_raises(OSError)

    queue.put("x")

    assert queue.get() == "x"


@rule("share.close-ends-own-use", source=(DOCS / "Queue.close", ISSUE / "135730"))
def test_child_cannot_put_after_closing(child):
    """put() raises `ValueError` in a child process that has closed its queue.

    By closing a queue, a process says that it is done with it.
    """
    child.close()

    with raises(ValueError):
        child.put("x")


@rule(
    "share.creator-closes-first",
    source=(DOCS / "Queue.close", ISSUE / "135730"),
)
def test_creator_may_close_first(queue, child):
    """A child process gets an item that its parent put before closing the queue.

    A parent may be done with a queue before its children are.
    """
    queue.put("waiting")
    queue.close()
    queue.join_thread()

    assert child.get() == "waiting"


@rule("share.no-return-to-parent", source=EXPLICIT, level="de-facto", needs=NEEDS)
def test_child_cannot_send_its_queue_to_parent(queue, context, make_child, kind):
    """A child process cannot send a queue that it has made to its parent through another queue.

    Queues are inherited by children; nothing passes them up.
    """
    child, in_child = make_child(queue, context)
    child.plays(sharing.put_a_new_queue, in_child, kind)

    child.put("next")

    assert queue.get() == "next"


@rule("share.daemon-child", source=(DOCS / "Process.daemon", DOCS / "pipes-and-queues"))
def test_daemon_sends_everything_before_it_ends(queue, make_child):
    """A daemon process that ends by itself has sent all its items.

    A daemon is a process like any other as long as nobody terminates it.
    """
    child = make_child(queue, daemon=True)
    child.plays(moving.put_all, list(range(50)))

    assert child.process.leaves() == 0
    assert queue.plays(moving.drain) == list(range(50))


@rule("share.daemon-child-ends", source=DOCS / "Process.daemon", kinds=("Queue",), needs=NEEDS)
def test_daemon_does_not_keep_parent_from_exiting(program):
    """A daemon process with unsent items does not keep its parent from exiting.

    The daemon is terminated, and what it has not sent is lost; that is what daemons are for.
    """
    run = program("leaves_a_daemon")

    run.succeeds()


@rule("share.fork-does-not-duplicate", source=DOCS / "exchanging-objects-between-processes", start_methods=("fork",))
def test_fork_does_not_duplicate_buffered_items(queue, make_thread, under_way, gate, make_child):
    """Items in the parent's buffer at the time of a fork are sent only once.

    Each child gets a copy of the buffer as well, and must not send it.
    """
    under_way(queue, "first")
    make_thread(queue).calls.put("second")
    children = [make_child(queue) for _ in range(2)]
    for child in children:
        child.put("own")
        child.process.leaves()

    gate.opens()

    histories.all_arrived(["first", "second", "own", "own"], queue.plays(moving.get_many, 4))


@rule(
    "share.fork-during-put",
    source=OBSERVED,
    level="de-facto",
    start_methods=("fork",),
)
def test_child_forked_during_put_can_put(queue, make_thread, make_child):
    """A child process can put even if it was forked in the middle of a put() by another thread.

    That thread may hold the queue's lock, and nobody would ever release the child's copy of it.
    """
    putting = make_thread(queue).begins(timing.in_slow_motion, "put", "from a thread", pause=0.01)
    numbers = []
    while not putting.over and len(numbers) < 12:
        numbers.append(len(numbers))
        child = make_child(queue)
        child.put(numbers[-1])
        child.process.leaves()

    putting.returns()
    histories.all_arrived(["from a thread", *numbers], queue.plays(moving.get_many, len(numbers) + 1))
