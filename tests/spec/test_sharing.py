"""Sharing a queue with other processes.

A queue is made first and then given to the processes that share it, as an argument of theirs: it is inherited, never
sent. Whoever holds it may put and get, and hand it on to children of its own. There is no other way; the ways that look
like one raise an error, so that nobody ends up with a copy that leads nowhere.
"""

import pytest
import roles
import roles_sharing as sharing

from queuespec import ARTICLE, DOCS, ISSUE, OBSERVED, histories, raises, rule

EXPLICIT = DOCS / "all-start-methods"
SPAWNED = DOCS / "the-spawn-and-forkserver-start-methods"
PROCESS_QUEUES = ("Queue", "JoinableQueue", "SimpleQueue")
NEEDS = ("start methods",)


@rule(
    "share.args",
    source=(ARTICLE / "Basic Usage", DOCS / "exchanging-objects-between-processes"),
    kinds=PROCESS_QUEUES,
    proves=("ctor.create-before-processes",),
)
def test_a_queue_is_shared_with_a_process_that_gets_it_as_an_argument(queue, child):
    """A queue is shared with a process that gets it as an argument.

    Make it first, start the processes then: both ends hold the same queue.
    """
    child.put("from the child")

    assert child.process.leaves() == 0
    assert queue.get() == "from the child"


@rule("share.kwargs", source=(ARTICLE / "Basic Usage", DOCS / "Process"), kinds=PROCESS_QUEUES, needs=NEEDS)
def test_a_queue_is_shared_with_a_process_that_gets_it_as_a_keyword_argument(context, queue):
    """A queue is shared with a process that gets it as a keyword argument.

    How the argument is passed makes no difference.
    """
    assert context.plays(sharing.put_from_a_new_process_by_keyword, queue, ["from the child"]) == 0

    assert queue.get() == "from the child"


@rule("share.nested-in-args", source=SPAWNED, level="de-facto", kinds=PROCESS_QUEUES)
def test_a_queue_inside_an_argument_is_shared_as_well(queue, make_object, make_child):
    """A queue inside an argument is shared as well.

    Programs pass their queues in lists, in configurations, in objects.
    """
    child = make_child(make_object(sharing.nested, queue))

    child.plays(sharing.put_into_the_inner, "from inside")

    assert queue.get() == "from inside"


@rule("share.nested-is-one", source=SPAWNED, level="de-facto", kinds=PROCESS_QUEUES)
def test_a_queue_that_reaches_a_child_on_two_paths_is_one_object_there(queue, make_object, make_child):
    """A queue that reaches a child on two paths is one object there.

    Two copies would have two buffers, and lose the order between what was put into either.
    """
    child = make_child(make_object(sharing.nested, queue))

    assert child.plays(sharing.held_once)


@rule("share.process-attribute", source=DOCS / "using-a-remote-manager", kinds=("Queue",), needs=NEEDS)
def test_a_process_object_may_carry_a_queue(program):
    """A process object may carry a queue.

    A class of processes keeps what it works with as attributes.
    """
    worker = program("worker_with_a_queue")

    worker.prints("from the worker\n")
    worker.succeeds()


@rule("share.both-directions", source=DOCS / "pipes-and-queues", kinds=PROCESS_QUEUES)
def test_a_child_may_get_and_put(queue, child):
    """A child may get and put.

    There is no reader's and no writer's end of a queue: any holder may do either.
    """
    queue.put("question")
    assert child.get() == "question"

    child.put("answer")

    assert queue.get() == "answer"


@rule("share.between-children", source=DOCS / "pipes-and-queues", kinds=PROCESS_QUEUES)
def test_two_children_may_share_a_queue_that_their_parent_only_made(queue, make_child):
    """Two children may share a queue that their parent only made.

    The creator need not take part.
    """
    producer, consumer = make_child(queue), make_child(queue)
    getting = consumer.calls.get()

    producer.put("between us")

    assert getting.returns() == "between us"


@rule("share.grandchild", source=(EXPLICIT, ISSUE / "108520"), kinds=PROCESS_QUEUES, needs=NEEDS)
def test_a_child_may_hand_its_queue_to_a_child_of_its_own(queue, context, make_child):
    """A child may hand its queue to a child of its own.

    Whoever inherited a queue can bequeath it.
    """
    _, in_child = make_child(queue, context)

    assert in_child.plays(sharing.put_from_a_new_process, queue, [1, 2, 3]) == 0

    assert queue.plays(roles.get_many, 3) == [1, 2, 3]


@rule("share.used-before", source=(EXPLICIT, DOCS / "pipes-and-queues"), kinds=PROCESS_QUEUES)
def test_a_child_can_put_although_its_parent_had_put_before_it_started(queue, make_child):
    """A child can put although its parent had put before it started.

    A queue need not be fresh to be shared: what one process has set up to send is no business of another.
    """
    queue.put("from the parent")
    assert queue.get() == "from the parent"
    child = make_child(queue)

    child.put("from the child")

    assert queue.get() == "from the child"
    assert child.process.leaves() == 0


@rule("share.grandchild-of-a-user", source=(EXPLICIT, ISSUE / "108520"), kinds=PROCESS_QUEUES, needs=NEEDS)
def test_a_child_that_has_put_may_hand_its_queue_on_as_well(queue, context, make_child):
    """A child that has put may hand its queue on as well.

    In every generation a process may use the queue before it starts the next one.
    """
    child, in_child = make_child(queue, context)
    child.put("from the child")
    assert queue.get() == "from the child"

    assert in_child.plays(sharing.put_from_a_new_process, queue, ["from the grandchild"]) == 0

    assert queue.get() == "from the grandchild"


@rule("share.pool-initializer", source=(EXPLICIT, DOCS / "Pool"), level="de-facto", needs=NEEDS)
def test_a_pool_gives_its_workers_a_queue_through_their_initializer(queue, context):
    """A pool gives its workers a queue through their initializer.

    A worker inherits what its initializer is given, although no task could carry it.
    """
    context.plays(sharing.put_from_a_pool_initializer, queue, "from the worker")

    assert queue.get_nowait() == "from the worker"


@rule("share.no-pickle-outside-spawning", source=EXPLICIT, kinds=PROCESS_QUEUES)
@pytest.mark.parametrize("way", [sharing.pickled, sharing.copied, sharing.copied_deeply], ids=lambda way: way.__name__)
def test_a_queue_cannot_be_pickled_nor_copied(queue, way):
    """A queue cannot be pickled nor copied.

    A copy that led elsewhere would lose items without a word.
    """
    with raises(RuntimeError):
        queue.plays(way)


@rule(
    "share.not-through-queue",
    source=(EXPLICIT, DOCS / "pipes-and-queues"),
)
def test_a_queue_that_is_put_into_a_queue_does_not_arrive(make_queue):
    """A queue that is put into a queue does not arrive.

    It cannot be sent; what is put afterwards arrives, so that one mistake does not stop the others.
    """
    carrier, other = make_queue(), make_queue()
    carrier.put(other)
    carrier.put("next")

    assert carrier.get() == "next"


@rule(
    "share.not-through-queue-reported",
    source=(EXPLICIT, DOCS / "pipes-and-queues"),
)
def test_putting_a_queue_into_a_queue_is_reported_by_the_process_that_did(make_queue):
    """Putting a queue into a queue is reported by the process that did it.

    The call has returned by then, so the error is told on standard error, where the mistake was made.
    """
    carrier, other = make_queue(), make_queue()

    assert "RuntimeError" in carrier.plays(sharing.told_while_putting, other, "next")


@rule("share.not-through-simplequeue", source=(EXPLICIT, DOCS / "SimpleQueue"), kinds=("SimpleQueue",))
def test_putting_a_queue_into_a_SimpleQueue_raises_RuntimeError(make_queue):
    """Putting a queue into a `SimpleQueue` raises `RuntimeError`.

    Without a buffer the mistake is told to the caller at once.
    """
    carrier, other = make_queue(), make_queue()

    with raises(RuntimeError):
        carrier.put(other)


@rule("share.simplequeue-goes-on", source=(EXPLICIT, DOCS / "SimpleQueue"), kinds=("SimpleQueue",))
def test_a_SimpleQueue_goes_on_after_an_item_that_it_refused(make_queue):
    """A `SimpleQueue` goes on after an item that it refused.

    Nothing of the refused item is in the pipe, and no lock is left taken.
    """
    carrier, other = make_queue(), make_queue()
    carrier.calls.put(other).succeeds_or_raises(RuntimeError)

    carrier.put("next")

    assert carrier.get() == "next"


@rule("share.not-as-pool-task", source=EXPLICIT, needs=NEEDS)
def test_a_queue_as_the_argument_of_a_pool_task_raises_RuntimeError_where_the_result_is_asked_for(queue, context):
    """A queue as the argument of a pool task raises `RuntimeError` where the result is asked for.

    Tasks travel to processes that run already; what they carry must survive pickling.
    """
    with raises(RuntimeError):
        context.plays(sharing.give_to_a_pool_task, queue)


@rule("share.global-fork", source=EXPLICIT, level="platform", kinds=(), start_methods=("fork",), needs=NEEDS)
def test_under_fork_a_child_shares_the_queue_in_a_global_variable(program):
    """Under fork a child shares the queue in a global variable.

    It works, and only there: passing the queue along works everywhere.
    """
    run = program("global_queue")

    run.prints("the child ended with 0; in the queue: from the child\n")
    run.succeeds()


@rule("share.global-not-shared", source=SPAWNED, kinds=(), start_methods=("spawn", "forkserver"), needs=NEEDS)
def test_a_child_that_imports_the_main_module_again_does_not_share_the_queue_in_a_global_variable(program):
    """A child that imports the main module again does not share the queue in a global variable.

    The import makes another queue; what the child puts there, nobody gets.
    """
    run = program("global_queue")

    run.prints("the child ended with 0; in the queue: nothing\n")
    run.succeeds()


@rule("share.keep-reference", source=(EXPLICIT, ISSUE / "94765"), level="hazard", kinds=("Queue",), needs=NEEDS)
def test_a_parent_may_let_go_of_a_queue_once_the_child_has_used_it(program):
    """A parent may let go of a queue once the child has used it.

    The documentation says that passing the queue along keeps it alive. It does not: under spawn and forkserver a
    parent must hold it until the child is known to have it, or the child fails to come up.
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
def test_a_queue_that_was_closed_cannot_be_given_to_a_process(queue, make_child):
    """A queue that was closed cannot be given to a process.

    Its ends are gone; the start tells so, and not the first put in the child.
    """
    queue.plays(sharing.put_and_close)

    with raises(OSError):
        make_child(queue)


@rule("share.close-is-per-process", source=(DOCS / "Queue.close", ISSUE / "135730"))
def test_a_queue_that_a_child_has_closed_works_on_elsewhere(queue, child):
    """A queue that a child has closed works on elsewhere.

    A process closes its own access, not the queue.
    """
    child.close()

    queue.put("x")

    assert queue.get() == "x"


@rule(
    "share.simplequeue-closed", source=(DOCS / "SimpleQueue.close", OBSERVED), level="de-facto", kinds=("SimpleQueue",)
)
def test_a_SimpleQueue_that_a_child_has_closed_works_on_elsewhere(queue, child):
    """A `SimpleQueue` that a child has closed works on elsewhere.

    Whoever puts after closing makes a mistake of its own: it holds nobody else up.
    """
    child.close()
    child.calls.put("lost").succeeds_or_raises(OSError)

    queue.put("x")

    assert queue.get() == "x"


@rule("share.close-ends-own-use", source=(DOCS / "Queue.close", ISSUE / "135730"))
def test_a_child_that_has_closed_its_queue_cannot_put(child):
    """A child that has closed its queue cannot put.

    Closing says that this process is done with the queue.
    """
    child.close()

    with raises(ValueError):
        child.put("x")


@rule(
    "share.creator-closes-first",
    source=(DOCS / "Queue.close", ISSUE / "135730"),
)
def test_a_child_gets_what_the_parent_put_before_closing(queue, child):
    """A child gets what the parent put before closing.

    A parent may be done with a queue before its children are.
    """
    queue.put("waiting")
    queue.close()
    queue.join_thread()

    assert child.get() == "waiting"


@rule("share.no-return-to-parent", source=EXPLICIT, needs=NEEDS)
def test_a_queue_that_a_child_made_does_not_reach_the_parent(queue, context, make_child, kind):
    """A queue that a child made does not reach the parent.

    A queue is inherited downwards; nothing passes it up.
    """
    child, in_child = make_child(queue, context)
    child.plays(sharing.put_a_new_queue, in_child, kind)

    child.put("next")

    assert queue.get() == "next"


@rule("share.daemon-child", source=(DOCS / "Process.daemon", DOCS / "pipes-and-queues"))
def test_a_daemon_child_that_ends_by_itself_has_sent_everything(queue, make_child):
    """A daemon child that ends by itself has sent everything.

    A daemon is a process like any other as long as nobody ends it.
    """
    child = make_child(queue, daemon=True)
    child.plays(roles.put_all, list(range(50)))

    assert child.process.leaves() == 0
    assert queue.plays(sharing.take_all) == list(range(50))


@rule("share.daemon-child-ends", source=DOCS / "Process.daemon", kinds=("Queue",), needs=NEEDS)
def test_a_daemon_child_with_unsent_items_does_not_keep_its_parent_from_ending(program):
    """A daemon child with unsent items does not keep its parent from ending.

    It is ended, and what it has not sent is lost: that is what a daemon is for.
    """
    run = program("leaves_a_daemon")

    run.succeeds()


@rule("share.fork-does-not-duplicate", source=DOCS / "exchanging-objects-between-processes", start_methods=("fork",))
def test_items_that_wait_in_the_parent_when_it_forks_are_sent_once(queue, make_thread, under_way, gate, make_child):
    """Items that wait in the parent when it forks are sent once.

    The child gets a copy of the buffer too, and must not send it.
    """
    under_way(queue, "first")
    make_thread(queue).calls.put("second")
    children = [make_child(queue) for _ in range(2)]
    for child in children:
        child.put("own")
        child.process.leaves()

    gate.opens()

    histories.all_arrived(["first", "second", "own", "own"], queue.plays(roles.get_many, 4))


@rule(
    "share.fork-during-put",
    source=OBSERVED,
    level="de-facto",
    start_methods=("fork",),
)
def test_a_child_can_put_although_it_was_forked_in_the_middle_of_a_put(queue, make_thread, make_child):
    """A child can put although it was forked in the middle of a put().

    A thread of the parent holds the queue's lock for a moment; in the child's copy nobody would ever release it.
    """
    putting = make_thread(queue).begins(roles.in_slow_motion, "put", "from a thread", pause=0.01)
    numbers = []
    while not putting.over and len(numbers) < 12:
        numbers.append(len(numbers))
        child = make_child(queue)
        child.put(numbers[-1])
        child.process.leaves()

    putting.returns()
    histories.all_arrived(["from a thread", *numbers], queue.plays(roles.get_many, len(numbers) + 1))
