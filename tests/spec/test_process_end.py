"""Ends of processes.

Most programs never close a queue: they end. A process that has put items ends only after its feeder thread has moved
all of them into the pipe, whichever way it ends, unless it is killed or leaves without clean-up. So a process with more
unread data than the pipe holds waits for a reader, and whoever joins it before reading waits for ever.
"""

import endings
import roles

from queuespec import DOCS, ISSUE, OBSERVED, made, rule

ITEMS = [f"item {number:02}" for number in range(50)]
END_OF_PROCESS = (DOCS / "pipes-and-queues", DOCS / "all-start-methods")


def _leaves_with_unflushed_items(queue, make_child, opening, how="return"):
    """A process that has come to its end, and had to wait until its items may be pickled, which from now on they may.
    Where put() itself waits for its item there was nothing to wait for."""
    child, child_opening = make_child(queue, opening)
    child.plays(endings.put_held_back, child_opening, "first")
    child.plays(roles.put_all, ITEMS)
    child.process.begins_to_leave(how)
    if not opening.is_set():
        child.process.stays_alive()
    opening.set()
    return child.process


@rule("exit.child-flushes", source=(*END_OF_PROCESS, DOCS / "Queue.join_thread"))
def test_a_process_ends_only_after_what_it_put_is_in_the_pipe(queue, make_child, make_object, context):
    """A process ends only after what it put is in the pipe.

    A worker may put its result and return; nothing of it is lost, and after joining it the result is there.
    """
    leaving = _leaves_with_unflushed_items(queue, make_child, make_object(roles.event, context))

    assert leaving.ends() == 0
    assert queue.plays(endings.drain) == ["first", *ITEMS]


@rule("exit.flush-on-sys-exit", source=(DOCS / "pipes-and-queues", DOCS / "Process.exitcode"))
def test_a_process_that_ends_by_SystemExit_flushes_as_well(queue, make_child, make_object, context):
    """A process that ends by `SystemExit` flushes as well.

    `sys.exit()` is an orderly end: its code is reported, and the items arrive.
    """
    leaving = _leaves_with_unflushed_items(queue, make_child, make_object(roles.event, context), "exit 3")

    assert leaving.ends() == 3
    assert queue.plays(endings.drain) == ["first", *ITEMS]


@rule("exit.flush-on-exception", source=(DOCS / "pipes-and-queues", DOCS / "Process.exitcode"))
def test_a_process_that_ends_by_an_exception_flushes_as_well(queue, make_child, make_object, context):
    """A process that ends by an exception flushes as well.

    What a worker reported before it failed is often what explains the failure.
    """
    leaving = _leaves_with_unflushed_items(queue, make_child, make_object(roles.event, context), "raise")

    assert leaving.ends() == 1
    assert queue.plays(endings.drain) == ["first", *ITEMS]


@rule("exit.no-flush-on-os-exit", source=DOCS / "Process.terminate", level="hazard")
def test_a_process_that_ends_without_clean_up_delivers_only_the_beginning(queue, child):
    """A process that ends without clean up delivers only the beginning.

    `os._exit()` runs no exit handler, so that any number of the last items may be missing.
    """
    child.plays(roles.put_all, ITEMS)
    first = queue.get()

    child.process.dies(endings.vanish)

    received = [first, *queue.plays(endings.drain)]
    assert received == ITEMS[: len(received)]


@rule("exit.child-waits-for-reader", source=END_OF_PROCESS)
def test_a_process_with_more_unread_data_than_the_pipe_holds_waits_for_a_reader(queue, child):
    """A process with more unread data than the pipe holds waits for a reader.

    Rather than lose data the process stays, so a consumer must read before it joins its producers.
    """
    child.put(made(endings.large))

    child.process.begins_to_leave()
    child.process.stays_alive()

    assert queue.plays(endings.get_size) == endings.LARGE
    assert child.process.ends() == 0


@rule("exit.join-after-drain-ok", source=DOCS / "all-start-methods")
def test_a_process_whose_items_have_all_been_read_can_be_joined(queue, child):
    """A process whose items have all been read can be joined.

    The order that never deadlocks: get everything, then join.
    """
    child.put(made(endings.large))

    queue.plays(endings.get_size)

    assert child.process.leaves() == 0


@rule("exit.small-join-before-get-ok", source=DOCS / "pipes-and-queues", level="platform")
def test_a_process_that_put_little_can_be_joined_before_it_is_read(queue, child):
    """A process that put little can be joined before it is read.

    Up to a few kilobytes fit into the pipe of every system, so that a single small result needs no care.
    """
    child.put("small")

    assert child.process.leaves() == 0

    assert queue.get_nowait() == "small"


@rule("exit.creator-also-waits", source=(OBSERVED, ISSUE / "75069"), level="de-facto")
def test_the_main_program_flushes_as_well_when_it_ends(program, kind):
    """The main program flushes as well when it ends.

    The documentation speaks of processes that did not create the queue; the one that did waits as well.
    """
    ending = program("late_main", kind)

    assert ending.ends() == 0
    ending.prints("pickled before the end")


@rule("exit.put-in-exit-hook", source=OBSERVED, level="de-facto")
def test_what_the_main_program_puts_in_an_exit_hook_arrives(program, kind):
    """What the main program puts in an exit hook arrives.

    A last message, such as the one that tells consumers to stop, may be left to `atexit`.
    """
    ending = program("last_words", kind)

    assert ending.ends() == 0
    ending.prints("the child got last")


@rule("exit.put-in-exit-hook-of-child", source=ISSUE / "83856", level="de-facto", since=(3, 13))
def test_what_a_child_puts_in_an_exit_hook_arrives(queue, child):
    """What a child puts in an exit hook arrives.

    Exit hooks run in children, whichever way they were started, and before the queue's own.
    """
    child.put("early")
    child.plays(endings.put_at_exit, "last")

    assert child.process.leaves() == 0

    assert queue.plays(endings.drain) == ["early", "last"]


@rule("exit.hooks-of-parent", source=OBSERVED, level="de-facto", kinds=())
def test_an_exit_hook_of_the_parent_does_not_run_in_its_children(program):
    """An exit hook of the parent does not run in its children.

    The last word of the main program is said once, and not by every child.
    """
    program("exit_hook").prints_nothing_but("the exit hook has run\n")


@rule("exit.thread-outlives-target", source=ISSUE / "83856", level="de-facto", since=(3, 13))
def test_what_a_thread_puts_after_the_work_of_its_process_is_done_arrives(queue, make_child, make_object, context):
    """What a thread puts after the work of its process is done arrives.

    A process waits for its threads first and flushes then.
    """
    ready = make_object(roles.event, context)
    child, child_ready = make_child(queue, ready)
    child.plays(endings.leave_thread_behind, child_ready, "late")

    child.process.begins_to_leave()
    child.process.stays_alive()
    ready.set()

    assert child.process.ends() == 0
    assert queue.plays(endings.drain) == ["late"]


@rule("exit.bad-item-last", source=OBSERVED, level="de-facto")
def test_a_last_item_that_cannot_be_pickled_costs_nothing_but_itself(queue, child):
    """A last item that cannot be pickled costs nothing but itself.

    The process ends, with exit code 0, and what it put before arrives.
    """
    child.put("good")
    child.plays(endings.put_unpicklable)

    assert child.process.leaves() == 0

    assert queue.plays(endings.drain) == ["good"]


@rule("exit.waits-for-children", source=(DOCS / "pipes-and-queues", DOCS / "Process.daemon"), kinds=())
def test_a_main_program_that_ends_waits_for_its_children(program):
    """A main program that ends waits for its children.

    Work that was begun is finished, and what the children put is still sent.
    """
    ending = program("late_child")

    assert ending.ends() == 0
    ending.prints("waited for the child")


@rule("exit.parent-joins-children", source=END_OF_PROCESS, level="hazard")
def test_a_main_program_that_ends_waits_for_a_child_that_nobody_reads(program, kind):
    """A main program that ends waits for a child that nobody reads.

    It joins its children at exit, and so hangs where nobody reads what they put.
    """
    ending = program("unread_child", kind)

    assert ending.ends() == 0
    ending.prints("the end waits for a reader")


@rule(
    "exit.interrupt-blocked-reader",
    source=(DOCS / "Process.interrupt", DOCS / "synchronization-primitives"),
    level="platform",
    systems=("POSIX",),
)
def test_a_consumer_that_is_interrupted_while_it_waits_leaves_the_queue_usable(queue, context, make_object):
    """A consumer that is interrupted while it waits leaves the queue usable.

    Ctrl-C is the clean way to stop a worker that waits: it unwinds, ends with exit code 1 and keeps no lock.
    """
    up = make_object(roles.event, context)
    consumer = make_object(endings.blocked, context, up, queue, "get")
    up.wait()
    consumer.join(endings.MOMENT)

    consumer.plays(endings.interrupt_until_it_ends)

    queue.put("next")
    assert consumer.plays(endings.exit_code) == 1
    assert queue.get() == "next"


@rule(
    "exit.flush-on-interrupt",
    source=(DOCS / "Process.interrupt", DOCS / "pipes-and-queues"),
    level="platform",
    systems=("POSIX",),
)
def test_a_process_that_is_interrupted_flushes_as_well(queue, context, make_object):
    """A process that is interrupted flushes as well.

    Ctrl-C ends a process by an exception, and so loses nothing that was put.
    """
    up, opening = make_object(roles.event, context), make_object(roles.event, context)
    producer = make_object(endings.runner, context, up, queue, opening, "mine")
    up.wait()

    producer.plays(endings.interrupt)
    if not opening.is_set():
        producer.join(endings.MOMENT)
        assert producer.plays(endings.exit_code) is None
    opening.set()
    producer.join()

    assert producer.plays(endings.exit_code) == 1
    assert queue.plays(endings.drain) == ["mine"]


@rule("exit.join-with-timeout", source=DOCS / "Process.join")
def test_join_with_a_timeout_returns_None_whether_or_not_the_process_has_ended(context, make_object):
    """join() with a timeout returns `None` whether or not the process has ended.

    Only `exitcode` tells: a program that takes the return for the end goes on too early.
    """
    event = make_object(roles.event, context)
    process = make_object(endings.waiter, context, event)

    assert process.join(0.1) is None
    assert process.plays(endings.exit_code) is None

    event.set()
    assert process.join() is None
    assert process.plays(endings.exit_code) == 0
