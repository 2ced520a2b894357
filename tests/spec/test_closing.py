"""Closing.

`put()` only hands an item to the queue; a feeder thread in the same process moves it into the pipe. `close()` declares
that this process is done with the queue, `join_thread()` waits until the feeder thread has moved every item, and
`cancel_join_thread()` lets the process exit without that wait. This chapter covers these three calls; the next one
covers what happens without them when a process exits.
"""

from items import blocks
from roles import ending, looking, making, moving, timing

from queuespec import CHANGELOG, DOCS, ISSUE, OBSERVED, Empty, each, made, raises, rule, untested

ITEMS = [f"item {number:02}" for number in range(50)]


@rule("close.no-more-puts", source=(DOCS / "Queue.put", DOCS / "Queue.close"))
@each("form", ["put", "put_nowait"])
@each("maxsize", [0, 1], ids=["room left", "full"])
def test_put_after_close(make_queue, maxsize, form):
    """put() and put_nowait() raise `ValueError` after close().

    An item put after close() would never be sent; the error reveals the mistake, even if the queue is full.
    """
    queue = make_queue(maxsize)
    queue.put("before")
    queue.close()

    with raises(ValueError):
        getattr(queue, form)("after")


@rule("close.no-more-gets", source=(DOCS / "Queue.get", DOCS / "Queue.close"))
@each("form", ["get", "get_nowait"])
@each("items", [[], ["waiting"]], ids=["empty", "item waiting"])
def test_get_after_close(queue, child, items, form):
    """get() and get_nowait() raise `ValueError` after close().

    A process that has closed the queue no longer takes part in it; the remaining items are for other processes.
    """
    child.plays(moving.put_all, items)
    child.process.leaves()

    queue.close()

    with raises(ValueError):
        getattr(queue, form)()


UNTESTED = [
    untested(
        "close.must-not-use",
        "A closed queue must not be used anymore.",
        source=(DOCS / "Queue.close", DOCS / "SimpleQueue.close"),
        reason="This is a requirement on callers, and the outcome of a violation is left open. That put() and get() "
        "raise `ValueError` is covered by separate rules.",
    ),
]


@rule("close.idempotent", source=OBSERVED, level="de-facto", kinds=("Queue", "JoinableQueue", "SimpleQueue"))
@each("items", [[], ["used"]], ids=["unused", "used"])
def test_close_twice(queue, items):
    """close() can be called twice.

    Cleanup code, such as a `finally` block and an exit handler, need not keep track of whether it has already run.
    """
    queue.plays(moving.put_all, items)
    queue.close()

    assert queue.close() is None


@rule("close.flushes", source=DOCS / "Queue.close")
def test_close_delivers_items(queue, make_child, make_object, context):
    """Items put before close() are delivered.

    close() means that no more items will be put; it does not discard the ones that have not been sent yet.
    """
    opening = make_object(making.event, context)
    child, child_opening = make_child(queue, opening)
    child.plays(timing.put_held_back, child_opening, "first")
    child.plays(moving.put_all, ITEMS)

    child.close()
    opening.set()
    child.join_thread()
    child.process.dies(ending.vanish)

    assert queue.plays(moving.drain) == ["first", *ITEMS]


@rule("close.is-silent", source=(DOCS / "Queue.close", CHANGELOG / "bpo-47029"))
def test_close_is_silent(program, kind):
    """Closing a queue while an item is still being sent prints nothing.

    A program that puts and closes quickly would otherwise print a broken pipe traceback from time to time.
    """
    program("late_close", kind).prints_nothing_but("closed\n")


@rule("close.feeder-ends", source=DOCS / "Queue.close")
def test_close_leaves_no_thread(make_queue, queue, child):
    """No thread is left after close() and join_thread().

    A service that creates one queue per job would otherwise accumulate threads.
    """
    make_queue().plays(looking.threads_left)  # those of the process itself, which serve all queues, may stay

    assert queue.plays(looking.threads_left) == []
    assert child.get() == "a"


@rule("close.does-not-wait", source=DOCS / "Queue.join_thread", level="de-facto")
def test_close_does_not_wait(queue, child, under_way, gate):
    """close() does not wait until the items have been sent.

    To wait until they are in the pipe, call join_thread() afterward.
    """
    under_way(queue, "late")

    queue.close()
    gate.opens()

    assert child.get() == "late"


@rule(
    "close.closes-once",
    source=OBSERVED,
    level="de-facto",
    kinds=("Queue", "JoinableQueue", "SimpleQueue"),
)
def test_descriptors_are_closed_once(program, kind):
    """Garbage collecting a closed queue does not close its file descriptors a second time.

    The OS reuses file descriptor numbers, so a second close could hit an unrelated file opened in the meantime.
    """
    program("second_close", kind).prints_nothing_but("still open\n")


@rule("close.gc-closes", source=DOCS / "Queue.close")
def test_garbage_collection_closes(program, kind):
    """A queue is closed automatically when it is garbage collected.

    A program may simply drop its last reference: items already put are delivered, and the feeder thread ends.
    """
    forgetting = program("garbage", kind, "child")

    assert forgetting.ends() == 0
    forgetting.prints("child got late")


@rule("close.gc-is-silent", source=OBSERVED, level="de-facto")
@each("reader", ["child", "nobody"])
def test_garbage_collection_is_silent(program, kind, reader):
    """Garbage collecting a queue prints nothing.

    No caller can catch an error that is raised during cleanup; it would only clutter the output.
    """
    program("garbage", kind, reader).prints_nothing_but(f"{reader} got late\n")


@rule("close.blocked-put-not-woken", source=OBSERVED, level="de-facto")
def test_close_does_not_wake_blocked_put(make_queue, make_child, make_thread):
    """close() does not wake a put() that is blocked in another thread.

    Only a get() makes room; to stop a blocked producer, get an item or give put() a timeout.
    """
    queue = make_queue(maxsize=1)
    child, thread = make_child(queue), make_thread(queue)
    queue.put("first")
    putting = thread.calls.put("second")
    putting.stays_blocked()

    queue.close()
    putting.stays_blocked()
    child.get()

    putting.succeeds_or_raises(ValueError)


@rule("jt.after-close-waits", source=(DOCS / "Queue.join_thread", ISSUE / "75069"), proves=("jt.any-process",))
def test_join_thread_waits_for_flush(queue, child, make_thread, under_way, gate):
    """join_thread() waits until the items are in the pipe.

    A producer, including the process that created the queue, can then tell others that the items are available.
    """
    under_way(queue, "flushed")
    queue.close()
    joining = make_thread(queue).calls.join_thread()
    joining.stays_blocked()

    gate.opens()
    joining.returns()

    assert child.get_nowait() == "flushed"


@rule("jt.blocks-until-drained", source=DOCS / "Queue.join_thread")
def test_join_thread_waits_for_reader(queue, child, make_thread):
    """After join_thread(), items that do not fit into the pipe arrive even if their process is gone.

    No item is dropped for lack of space: a producer that flushes waits for a consumer that reads.
    """
    getting = make_thread(queue).begins(moving.get_size)

    child.process.dies(ending.flush_and_vanish, child, made(blocks.large))

    assert getting.returns() == blocks.LARGE


@rule("jt.requires-close", source=DOCS / "Queue.join_thread", level="de-facto")
def test_join_thread_before_close(queue):
    """join_thread() raises an exception if close() has not been called.

    The feeder thread of an open queue does not end, so waiting for it would take forever. The documentation asks for
    close() first; it does not say what happens otherwise.
    """
    queue.put("a")

    with raises(Exception):
        queue.join_thread()


@rule("jt.unused-returns", source=DOCS / "Queue.join_thread")
def test_join_thread_on_unused_queue(queue):
    """join_thread() does not block if nothing was ever put.

    Cleanup code need not know whether the queue was used.
    """
    with raises(Empty):
        queue.get_nowait()
    queue.close()

    queue.join_thread()
    queue.join_thread()


@rule("cancel.join-thread-noop", source=(DOCS / "Queue.cancel_join_thread", DOCS / "Queue.join_thread"))
def test_join_thread_after_cancel(queue, child):
    """join_thread() does not block after cancel_join_thread().

    A process that is willing to lose its unsent items does not have to wait for a reader.
    """
    child.put("before")
    assert queue.get() == "before"
    child.cancel_join_thread()
    child.put(made(blocks.large))
    child.close()

    child.join_thread()

    assert child.process.leaves() == 0


@rule("cancel.exit-without-flush", source=(DOCS / "Queue.cancel_join_thread", DOCS / "pipes-and-queues"))
def test_exit_after_cancel_join_thread(queue, child):
    """After cancel_join_thread(), a child process exits even if nobody reads its items.

    This lets a producer exit when its consumers are gone.
    """
    child.put("before")
    assert queue.get() == "before"
    child.put(made(blocks.large))

    child.cancel_join_thread()

    assert child.process.leaves() == 0


@rule("cancel.before-first-put", source=DOCS / "Queue.cancel_join_thread")
def test_cancel_before_first_put(queue, child):
    """cancel_join_thread() also takes effect if it is called before the first put().

    A program can call it once, during setup, before there is a feeder thread.
    """
    queue.put("for the child")
    assert child.get() == "for the child"
    child.cancel_join_thread()
    child.put(made(blocks.large))

    assert child.process.leaves() == 0


@rule("cancel.own-process-only", source=(DOCS / "Queue.cancel_join_thread", DOCS / "pipes-and-queues"))
def test_cancel_affects_only_own_process(queue, make_child, make_object, context):
    """cancel_join_thread() affects only the process that calls it.

    Each process decides for itself whether the items it has put may be lost.
    """
    opening = make_object(making.event, context)
    queue.put("before")
    assert queue.get() == "before"
    queue.cancel_join_thread()
    child, child_opening = make_child(queue, opening)
    child.plays(timing.put_held_back, child_opening, "kept")

    child.process.begins_to_leave()
    if not opening.is_set():
        child.process.stays_alive()
    opening.set()

    assert child.process.ends() == 0
    assert queue.plays(moving.drain) == ["kept"]


@rule("cancel.exit-of-main", source=(DOCS / "Queue.cancel_join_thread", ISSUE / "75069"))
def test_main_exits_after_cancel_join_thread(program, kind):
    """After cancel_join_thread(), the main program exits even if nobody reads its items.

    The call works in the process that created the queue just as it does in a child.
    """
    assert program("cancelled_main", kind).ends() == 0


UNTESTED += [
    untested(
        "cancel.may-lose-data",
        "Items that have not been sent yet may be lost after cancel_join_thread().",
        source=DOCS / "Queue.cancel_join_thread",
        reason="Neither loss nor delivery is promised, so every outcome conforms.",
    ),
]
