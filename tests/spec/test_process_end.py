"""Process exit.

Most programs never close a queue: they exit. A process that has put items exits only after its feeder thread has moved
all of them into the pipe, no matter how it exits, unless it is killed or skips its cleanup. Therefore, a process whose
unread items do not fit into the pipe waits for a reader, and a program that joins such a process before reading from
the queue deadlocks.
"""

from items import blocks, pickling
from roles import ending, making, moving, timing

from queuespec import DOCS, ISSUE, OBSERVED, each, histories, made, rule

ITEMS = [f"item {number:02}" for number in range(50)]
STARTS_THREADS_AT_EXIT = ("Python 3.12 starts no threads at exit", lambda facts: facts.python[:2] != (3, 12))
END_OF_PROCESS = (DOCS / "pipes-and-queues", DOCS / "all-start-methods")


def _leaves_with_unflushed_items(queue, make_child, opening, how="return", bad=False):
    """A process that is exiting and had to wait for its items, whose pickling was held back until now.

    The first of them may be a bad one, which cannot be pickled.

    Where put() itself waits until its item is pickled, the event is already set, and there was nothing to wait for.
    """
    child, child_opening = make_child(queue, opening)
    child.plays(timing.put_held_back, child_opening, "first", bad)
    child.plays(moving.put_all, ITEMS)
    child.process.begins_to_leave(how)
    if not opening.is_set():
        child.process.stays_alive()
    opening.set()
    return child.process


@rule("exit.child-flushes", source=(*END_OF_PROCESS, DOCS / "Queue.join_thread"))
def test_exit_flushes_items(queue, make_child, make_object, context):
    """A child process exits only after all items that it has put are in the pipe.

    A worker can put its result and return: nothing is lost, and the result is available after join().
    """
    leaving = _leaves_with_unflushed_items(queue, make_child, make_object(making.event, context))

    assert leaving.ends() == 0
    assert queue.plays(moving.drain) == ["first", *ITEMS]


@rule("exit.flush-on-sys-exit", source=(DOCS / "pipes-and-queues", DOCS / "Process.exitcode"))
def test_system_exit_flushes_items(queue, make_child, make_object, context):
    """A child process that raises `SystemExit` flushes its items before it exits.

    `sys.exit()` is an orderly way to stop: its exit code is reported, and the items arrive.
    """
    leaving = _leaves_with_unflushed_items(queue, make_child, make_object(making.event, context), "exit 3")

    assert leaving.ends() == 3
    assert queue.plays(moving.drain) == ["first", *ITEMS]


@rule("exit.flush-on-exception", source=(DOCS / "pipes-and-queues", DOCS / "Process.exitcode"))
def test_exception_flushes_items(queue, make_child, make_object, context):
    """A child process that fails with an exception flushes its items before it exits.

    What a worker reported before it failed often explains the failure.
    """
    leaving = _leaves_with_unflushed_items(queue, make_child, make_object(making.event, context), "raise")

    assert leaving.ends() == 1
    assert queue.plays(moving.drain) == ["first", *ITEMS]


@rule("exit.no-flush-on-os-exit", source=DOCS / "Process.terminate", level="hazard")
def test_os_exit_may_lose_last_items(queue, child):
    """A process that calls `os._exit()` may lose the last of the items that it has put.

    The call skips all exit handlers, so any number of items that are still waiting to be sent may be missing.
    """
    child.plays(moving.put_all, ITEMS)
    first = queue.get()

    child.process.dies(ending.vanish)

    received = [first, *queue.plays(moving.drain)]
    histories.all_arrived(ITEMS[: len(received)], received)


@rule("exit.child-waits-for-reader", source=END_OF_PROCESS)
def test_exit_waits_for_reader(queue, child):
    """A child process whose items do not fit into the pipe loses none of them when it ends.

    It waits for a reader rather than losing data, so a consumer must read before it joins its producers.
    """
    child.put(made(blocks.large))

    child.process.begins_to_leave()

    assert queue.plays(moving.get_size) == blocks.LARGE
    assert child.process.ends() == 0


@rule("exit.join-after-drain-ok", source=DOCS / "all-start-methods")
def test_join_after_get(queue, child):
    """A process can be joined after all of its items have been read.

    This order never deadlocks: get everything, then join.
    """
    child.put(made(blocks.large))

    queue.plays(moving.get_size)

    assert child.process.leaves() == 0


@rule("exit.small-join-before-get-ok", source=DOCS / "pipes-and-queues", level="platform")
def test_join_before_get_of_small_item(queue, child):
    """A process that has put a small item can be joined before the item is read.

    The pipe holds at least a few kilobytes on every platform, so a single small result needs no special care.
    """
    child.put("small")

    assert child.process.leaves() == 0

    assert queue.get_nowait() == "small"


@rule("exit.creator-also-waits", source=(OBSERVED, ISSUE / "75069"), level="de-facto")
@each("way", ["return", "sys.exit", "exception", "failing exit handler", "Ctrl-C", "SIGTERM handler"])
def test_main_flushes_items(program, kind, way):
    """The main program flushes its items before it exits.

    The documentation mentions only processes that did not create the queue; the one that did waits as well, no matter
    how it ends, unless it skips its cleanup.
    """
    ending = program("ends_by", way, "unsent", kind)

    ending.prints("pickled before the end")


@rule("exit.put-in-exit-hook", source=OBSERVED, level="de-facto")
def test_put_in_exit_handler_of_main(program, kind):
    """An item that the main program puts in an `atexit` handler is delivered.

    A final message, such as the sentinel that stops the consumers, can be left to an exit handler.
    """
    ending = program("last_words", kind, "earlier")

    assert ending.ends() == 0
    ending.prints("the child got last")


@rule("exit.first-put-in-exit-hook", source=OBSERVED, level="de-facto", when=STARTS_THREADS_AT_EXIT)
def test_first_put_in_exit_handler_of_main(program, kind):
    """An item that the main program puts in an `atexit` handler is delivered even if it has never put before.

    The first put() of a process starts its feeder thread, which an interpreter that is exiting may refuse.
    """
    ending = program("last_words", kind)

    assert ending.ends() == 0
    ending.prints("the child got last")


@rule("exit.put-in-exit-hook-of-child", source=ISSUE / "83856", level="de-facto", since=(3, 13))
def test_put_in_exit_handler_of_child(queue, child):
    """An item that a child process puts in an `atexit` handler is delivered.

    Exit handlers run in child processes under every start method, and early enough to use the queue.
    """
    child.put("early")
    child.plays(ending.put_at_exit, "last")

    assert child.process.leaves() == 0

    assert queue.plays(moving.drain) == ["early", "last"]


@rule("exit.first-put-in-exit-hook-of-child", source=ISSUE / "83856", level="de-facto", since=(3, 13))
def test_first_put_in_exit_handler_of_child(queue, child):
    """An item that a child process puts in an `atexit` handler is delivered even if it has never put before.

    A worker that reports only that it has ended need not put anything else.
    """
    child.plays(ending.put_at_exit, "last")

    assert child.process.leaves() == 0

    assert queue.plays(moving.drain) == ["last"]


@rule("exit.hooks-of-parent", source=OBSERVED, level="de-facto", kinds=())
def test_exit_handlers_are_not_inherited(program):
    """An `atexit` handler of the parent does not run in its children.

    The final message of a main program is sent once, not once more by every child.
    """
    program("exit_hook").prints_nothing_but("the exit hook has run\n")


@rule("exit.thread-outlives-target", source=ISSUE / "83856", level="de-facto", since=(3, 13))
def test_put_by_thread_that_outlives_target(queue, make_child, make_object, context):
    """An item that a non-daemon thread puts after the target function has returned is delivered.

    A background thread can still deliver its results after the main thread of its process is done.
    """
    ready = make_object(making.event, context)
    child, child_ready = make_child(queue, ready)
    child.plays(ending.leave_thread_behind, child_ready, "late")

    child.process.begins_to_leave()
    child.process.stays_alive()
    ready.set()

    assert child.process.ends() == 0
    assert queue.plays(moving.drain) == ["late"]


@rule("exit.bad-item-last", source=OBSERVED, level="de-facto")
def test_exit_after_unpicklable_item(queue, child):
    """If the last item cannot be pickled, the process still exits and the items before it arrive.

    A bad item is lost but does no other harm: the process neither hangs nor fails, and its exit code is 0.
    """
    child.put("good")
    child.calls.put(made(pickling.unpicklable)).succeeds_or_raises(TypeError)

    assert child.process.leaves() == 0

    assert queue.plays(moving.drain) == ["good"]


@rule("exit.bad-item-loses-others", source=OBSERVED, level="hazard")
def test_bad_item_at_exit_loses_items_behind_it(queue, make_child, make_object, context):
    """An item that cannot be pickled takes the items behind it along if its process is exiting by then.

    Before, it costs itself alone. A process that calls `close()` and `join_thread()` before it ends does not lose them.
    """
    leaving = _leaves_with_unflushed_items(queue, make_child, make_object(making.event, context), bad=True)

    leaving.ends()
    assert queue.plays(moving.drain) == []


@rule("exit.waits-for-children", source=(DOCS / "pipes-and-queues", DOCS / "Process.daemon"), kinds=())
def test_main_waits_for_children(program):
    """The main program waits for its running non-daemonic children before it exits.

    Work in progress is finished, and the items that the children put are still sent. A child that is still starting is
    waited for as well, but may find its queue gone: see `hazard.end-while-child-starts`.
    """
    ending = program("late_child")

    assert ending.ends() == 0
    ending.prints("waited for the child")


@rule("exit.item-of-ended-main", source=END_OF_PROCESS, level="platform", start_methods=("fork",))
def test_child_gets_item_of_ended_main(program, kind):
    """Under fork, a child gets an item that the main program put just before its end.

    A forked child has everything it needs from the beginning, however late it comes to use it.
    """
    run = program("ends_at_once", kind)

    run.prints("the child got the item")
    run.succeeds()


@rule("exit.parent-joins-children", source=END_OF_PROCESS, level="hazard")
def test_main_waits_for_unread_child(program, kind):
    """The main program does not exit while one of its children waits for a reader.

    It joins its children at exit and therefore hangs if nobody reads what they have put.
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
def test_interrupted_get_leaves_queue_usable(queue, context, make_object):
    """A consumer that is interrupted by Ctrl-C in get() leaves the queue usable.

    Ctrl-C is a clean way to stop a waiting worker: the process releases its locks and exits with code 1.
    """
    up = make_object(making.event, context)
    consumer = make_object(ending.blocked, context, up, queue, "get")
    up.wait()
    consumer.join(timing.MOMENT)

    consumer.plays(ending.interrupt_until_it_ends)

    queue.put("next")
    assert consumer.plays(ending.exit_code) == 1
    assert queue.get() == "next"


@rule(
    "exit.flush-on-interrupt",
    source=(DOCS / "Process.interrupt", DOCS / "pipes-and-queues"),
    level="platform",
    systems=("POSIX",),
)
def test_interrupt_flushes_items(queue, context, make_object):
    """A process that is interrupted by Ctrl-C flushes its items before it exits.

    A `KeyboardInterrupt` takes the process through its normal cleanup, so nothing that it has put is lost.
    """
    up, opening = make_object(making.event, context), make_object(making.event, context)
    producer = make_object(ending.runner, context, up, queue, opening, "mine")
    up.wait()

    producer.plays(ending.interrupt)
    if not opening.is_set():
        producer.join(timing.MOMENT)
        assert producer.plays(ending.exit_code) is None
    opening.set()
    producer.join()

    assert producer.plays(ending.exit_code) == 1
    assert queue.plays(moving.drain) == ["mine"]


@rule("exit.join-with-timeout", source=DOCS / "Process.join")
def test_process_join_returns_none(context, make_object):
    """`Process.join()` returns `None` both when the process has ended and when the timeout expires.

    Check `exitcode` to tell the two apart; a program that relies on the return value continues too early.
    """
    event = make_object(making.event, context)
    process = make_object(ending.waiter, context, event)

    assert process.join(0.1) is None
    assert process.plays(ending.exit_code) is None

    event.set()
    assert process.join() is None
    assert process.plays(ending.exit_code) == 0
