"""Hazards.

Queues that are shared between processes fail in well-known ways. This chapter shows, in bounded time, each danger that
can be triggered reliably; none of these rules makes a run fail. Most of the dangers come from killing a process that is
using a queue: nobody releases the locks of a dead process.
"""

from items import blocks
from roles import ending, looking, moving, recognizing, timing

from queuespec import ARTICLE, DOCS, ISSUE, OBSERVED, WHATS_NEW, Empty, Full, made, raises, rule, untested

PIPE_KINDS = ("Queue", "JoinableQueue", "SimpleQueue")

SHORT = 0.2
ATTEMPTS = 3
LONG = 10
"""How many quiet times a call may take that consists of many calls, each of which may ask a server."""


def _kill_a_waiting_consumer(queue, make_child):
    """Kills a consumer that waits in get(), then has another process put an item.

    Nobody can observe whether the consumer held the lock when it was killed; it had the quiet time to acquire it.
    """
    consumer, producer = make_child(queue), make_child(queue)
    consumer.calls.get().stays_blocked()
    consumer.process.is_killed()
    producer.put("out of reach")
    producer.process.leaves()


@rule(
    "hazard.join-before-drain",
    source=(DOCS / "pipes-and-queues", DOCS / "all-start-methods", ARTICLE),
    level="hazard",
)
def test_join_before_get_deadlocks(queue, context, make_object, make_thread):
    """Joining a process before its items have been read can deadlock.

    This is the most common mistake: the process waits for a reader, and the reader waits for the process.
    """
    producer = make_object(ending.producer, context, queue)
    joining = make_thread(producer).calls.join()
    joining.stays_blocked()

    assert queue.plays(moving.get_size) == blocks.LARGE

    joining.returns()
    assert producer.plays(ending.exit_code) == 0


@rule(
    "hazard.end-while-child-starts",
    source=DOCS / "all-start-methods",
    level="hazard",
    systems=("POSIX",),
    start_methods=("spawn", "forkserver"),
)
def test_end_of_main_breaks_a_starting_child(program, kind):
    """A main program that ends while its child is still starting may leave the child without its queue.

    The exit removes the semaphores of the queue before it waits for the child, which then fails with
    `FileNotFoundError`. A program that calls join() before its end is safe.
    """
    run = program("ends_at_once", kind)

    run.prints("FileNotFoundError")


@rule(
    "hazard.first-put-in-exit-hook",
    source=(ISSUE / "113964", WHATS_NEW / "3.12"),
    level="hazard",
    since=(3, 12),
    until=(3, 13),
)
def test_first_put_in_exit_handler_raises(program, kind):
    """In Python 3.12, a main program that puts for the first time in an `atexit` handler gets a `RuntimeError`.

    No thread can be started at exit, so the item is lost. A program that has put before has its feeder thread already.
    """
    run = program("last_words", kind)

    run.prints("RuntimeError")


@rule("hazard.circular-wait", source=ARTICLE, level="hazard", kinds=("Queue",))
def test_circular_wait(make_queue, make_child):
    """Two processes that wait for each other continue only because of their timeouts.

    One waits for room in a full queue; the other would read from it, but first waits for an item from the first.
    """
    there, back = make_queue(maxsize=1), make_queue()
    there.put("first")
    asking_there, _ = make_child(there, back)
    _, answering_back = make_child(there, back)

    putting = asking_there.calls.put("second", timeout=SHORT)
    getting = answering_back.calls.get(timeout=SHORT)

    putting.raises(Full)
    getting.raises(Empty)


UNTESTED = [
    untested(
        "hazard.terminate-while-using",
        "Terminating a process while it uses a queue may corrupt the queue.",
        source=(DOCS / "pipes-and-queues", DOCS / "Process.terminate"),
        reason="What happens depends on the exact moment. The cases that can be triggered reliably have rules of their "
        "own in this chapter.",
    ),
    untested(
        "hazard.terminate-after-receive",
        "A producer that is terminated right after its item was received may still hold the write lock.",
        source=(DOCS / "pipes-and-queues", DOCS / "Process.terminate"),
        reason="This is a race inside the feeder thread: it occurred in one to three of four attempts, and no call to "
        "the queue can trigger it or rule it out.",
    ),
]


@rule("hazard.kill-blocked-reader", source=(DOCS / "pipes-and-queues", DOCS / "Process.terminate"), level="hazard")
def test_killed_consumer_blocks_others(make_queue, make_child):
    """A consumer that is killed while it waits in get() locks out all other consumers.

    It held the read lock: the items are in the pipe, but nobody can get them anymore.
    """
    for _ in range(ATTEMPTS):
        queue = make_queue()
        _kill_a_waiting_consumer(queue, make_child)
        getting = queue.calls.get(timeout=SHORT)
        if getting.elapsed >= SHORT / 2:
            break

    getting.raises(Empty)
    assert queue.empty() is False


@rule(
    "hazard.kill-writer-midway",
    source=(DOCS / "pipes-and-queues", DOCS / "Process.terminate"),
    level="hazard",
    systems=("POSIX",),
)
def test_killed_producer_blocks_get(queue, child, make_thread):
    """If a producer is killed while it writes an item, get() blocks in spite of its timeout.

    The pipe contains half an item: a reader that has started on it waits forever for the rest.
    """
    child.put(made(blocks.large))
    queue.plays(looking.wait_until_something_arrives)

    child.process.is_killed()

    make_thread(queue).calls.get(timeout=0.01).stays_blocked()


@rule(
    "hazard.kill-writer-locks-producers",
    source=(DOCS / "pipes-and-queues", DOCS / "Process.terminate"),
    level="hazard",
    systems=("POSIX",),
)
def test_killed_producer_locks_out_others(queue, make_child, make_thread):
    """A producer that is killed while it writes an item locks out all other producers.

    It held the write lock: their items stay in their buffers, and they cannot exit.
    """
    writer, other = make_child(queue), make_child(queue)
    writer.put(made(blocks.large))
    queue.plays(looking.wait_until_something_arrives)
    writer.process.is_killed()
    make_thread(queue).begins(moving.get_size)

    other.put("kept back")
    other.close()

    other.calls.join_thread().stays_blocked()


@rule("hazard.abandoned-get", source=OBSERVED, level="hazard")
def test_canceled_task_takes_an_item(program, kind):
    """A get() in an executor takes the next item even if its task was canceled.

    Nothing interrupts the thread that waits; the program cannot exit before it. A get() with a timeout, in a loop,
    notices that it is not wanted anymore.
    """
    run = program("abandoned_get", kind)

    run.prints("in the queue: nothing")
    run.succeeds()


@rule(
    "hazard.put-in-signal-handler",
    source=(ISSUE / "126434", OBSERVED),
    level="hazard",
    kinds=PIPE_KINDS,
    systems=("POSIX",),
)
def test_put_in_signal_handler_deadlocks(child):
    """A put() in a signal handler deadlocks if the signal has interrupted another put() to the same queue.

    The interrupted call holds the lock that the handler waits for, and cannot continue before the handler returns. A
    handler is safe if it only sets a flag.
    """
    putting = child.begins(timing.put_among_its_own_puts, "item", "from the handler")

    for _ in range(LONG):
        putting.stays_blocked()


@rule("hazard.log-to-own-queue", source=(ISSUE / "90321", OBSERVED), level="hazard")
def test_logging_of_multiprocessing_to_a_queue_deadlocks(queue, context, make_child):
    """A `QueueHandler` for the log messages of multiprocessing itself deadlocks the first put().

    The call logs the start of its feeder thread while it holds a lock that the put() of that message waits for.
    """
    child, its_context = make_child(queue, context)

    child.begins(recognizing.put_while_logging, its_context, "item").stays_blocked()


@rule("hazard.collected-by-its-feeder", source=OBSERVED, level="hazard")
def test_queue_collected_in_its_feeder_thread(program, kind):
    """A queue that is garbage collected in its own feeder thread can keep its process from exiting.

    The garbage collector may run in any thread. If the feeder thread holds the lock of its buffer at that moment, it
    waits for itself, and the exit waits for the feeder thread. A queue that was closed before is safe.
    """
    run = program("collected_by_feeder", kind)

    run.prints("the feeder thread waits for itself")


@rule(
    "hazard.connection-of-ended-producer",
    source=(DOCS / "Connection", OBSERVED),
    level="hazard",
    kinds=PIPE_KINDS,
    needs=("start methods",),
)
def test_connection_in_queue_is_lost_with_its_producer(queue, context, make_child):
    """A connection cannot be received anymore once the process that put it has ended.

    The item only says where to fetch the file descriptor, and its producer serves it. The same holds for sockets and
    for everything else that travels as a file descriptor, such as tensors in shared memory.
    """
    child, its_context = make_child(queue, context)
    child.plays(recognizing.put_one_end, its_context)
    child.process.leaves()

    with raises(OSError):
        queue.get()


@rule("hazard.bare-fork", source=DOCS / "contexts-and-start-methods", level="hazard", systems=("POSIX",))
def test_bare_fork_of_a_producer_loses_items(queue, child):
    """What is put after `os.fork()` in a process that has put before is lost without an error.

    The copy has the queue's buffer, but not its feeder thread, which `Process` would start anew.
    """
    child.put("before")
    assert queue.get() == "before"

    child.plays(ending.put_in_a_bare_fork, "lost")
    child.put("after")
    child.process.leaves()

    assert queue.plays(moving.drain) == ["after"]


@rule("hazard.stopped-reader", source=DOCS / "Process.terminate", level="hazard", systems=("POSIX",))
def test_suspended_consumer_blocks_others(make_queue, make_child, parent):
    """A consumer that is suspended while it waits in get() locks out all others until it resumes.

    It keeps the read lock while it is suspended, and takes the item when it resumes.
    """
    queue = make_queue()
    consumer, producer = make_child(queue), make_child(queue)
    getting = consumer.calls.get()
    getting.stays_blocked()
    parent.plays(ending.suspend, consumer.process.pid)
    producer.put("first come")
    producer.process.leaves()

    with raises(Empty):
        queue.get(timeout=SHORT)
    parent.plays(ending.resume, consumer.process.pid)

    assert getting.returns() == "first come"


@rule("hazard.daemon-terminated", source=DOCS / "Process.daemon", level="hazard")
def test_daemonic_child_is_terminated(program, kind):
    """A daemonic child is terminated when the main program exits.

    It is cut off wherever it is: during its work, in get(), or while it flushes its items.
    """
    ending = program("daemon", kind)

    assert ending.ends() == 0
    assert "the child has ended by itself" not in ending.output


UNTESTED += [
    untested(
        "hazard.fork-with-threads",
        "Forking a multithreaded process is unsafe, and the feeder of a queue is a thread.",
        source=DOCS / "contexts-and-start-methods",
        reason="The outcome is unpredictable. That Python warns about it is covered by a separate rule.",
    ),
    untested(
        "hazard.macos-fork",
        "Forking may crash on macOS.",
        source=DOCS / "contexts-and-start-methods",
        reason="The crash comes from system libraries that have started threads; nothing triggers it reliably.",
    ),
    untested(
        "hazard.stdin-replacement",
        "Child processes replace `sys.stdin`; a buffered replacement may be flushed more than once.",
        source=DOCS / "all-start-methods",
        reason="This concerns processes and standard input, not queues.",
    ),
    untested(
        "hazard.zombies",
        "On POSIX, a child that is not joined remains a zombie until the next start() or active_children() call.",
        source=DOCS / "all-start-methods",
        reason="This concerns processes, not queues.",
    ),
    untested(
        "hazard.reuse-after-failure",
        "After a timeout or a kill, the queues and processes involved must be discarded.",
        source=DOCS / "pipes-and-queues",
        reason="This is a requirement on callers. The suite follows it as well: each test creates new queues, and a "
        "new main program is started whenever a test has left something behind.",
    ),
]
