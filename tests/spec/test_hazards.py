"""Hazards.

What goes wrong with process-safe queues goes wrong in known ways. Each danger that can be brought about for certain is
shown here, in bounded time; none of these rules gates a run. Most of them come from ending a process that uses a queue
from outside: locks belong to nobody, and nobody gives back those of the dead.
"""

import endings
import roles

from queuespec import ARTICLE, DOCS, Empty, Full, made, raises, rule, untested

SHORT = 0.2
ATTEMPTS = 3


def _kill_a_waiting_consumer(queue, make_child):
    """Also flushes an item. Whether the consumer had the lock by then cannot be seen: it had the quiet time for it."""
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
def test_joining_a_process_before_its_items_are_read_is_a_deadlock(queue, context, make_object, make_thread):
    """Joining a process before its items are read is a deadlock.

    The most common one: the process waits for a reader, and the reader waits for the process.
    """
    producer = make_object(endings.producer, context, queue)
    joining = make_thread(producer).calls.join()
    joining.stays_blocked()

    assert queue.plays(endings.get_size) == endings.LARGE

    joining.returns()
    assert producer.plays(endings.exit_code) == 0


@rule("hazard.circular-wait", source=ARTICLE, level="hazard", kinds=("Queue",))
def test_two_processes_that_wait_for_each_other_proceed_only_by_their_timeouts(make_queue, make_child):
    """Two processes that wait for each other proceed only by their timeouts.

    One waits for room in a queue that the other would empty, if it got something from the one.
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
        reason="What happens depends on the instant. The ways that can be brought about for certain have rules of "
        "their own below.",
    ),
    untested(
        "hazard.terminate-after-receive",
        "A producer that is terminated right after its item was received may still hold the lock for writing.",
        source=(DOCS / "pipes-and-queues", DOCS / "Process.terminate"),
        reason="A race within the feeder: it was seen in one to three of four attempts, and no call of the queue can "
        "bring it about or rule it out.",
    ),
]


@rule("hazard.kill-blocked-reader", source=(DOCS / "pipes-and-queues", DOCS / "Process.terminate"), level="hazard")
def test_a_consumer_that_is_killed_while_it_waits_locks_all_others_out(make_queue, make_child):
    """A consumer that is killed while it waits locks all others out.

    It held the lock for reading; the items are there, and nobody can get them any more.
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
def test_a_producer_that_is_killed_while_it_writes_blocks_readers_in_spite_of_their_timeout(queue, child, make_thread):
    """A producer that is killed while it writes blocks readers in spite of their timeout.

    Half an item is in the pipe: a reader has begun to read it, and waits for the rest for ever.
    """
    child.put(made(endings.large))
    queue.plays(endings.wait_for_data)

    child.process.is_killed()

    make_thread(queue).calls.get(timeout=0.01).stays_blocked()


@rule("hazard.stopped-reader", source=DOCS / "Process.terminate", level="hazard", systems=("POSIX",))
def test_a_consumer_that_is_suspended_while_it_waits_locks_all_others_out_until_it_goes_on(
    make_queue, make_child, parent
):
    """A consumer that is suspended while it waits locks all others out until it goes on.

    It holds the lock for reading as long as it sleeps, and gets the item when it wakes.
    """
    queue = make_queue()
    consumer, producer = make_child(queue), make_child(queue)
    getting = consumer.calls.get()
    getting.stays_blocked()
    parent.plays(roles.suspend, consumer.process.pid)
    producer.put("first come")
    producer.process.leaves()

    with raises(Empty):
        queue.get(timeout=SHORT)
    parent.plays(roles.resume, consumer.process.pid)

    assert getting.returns() == "first come"


@rule("hazard.daemon-terminated", source=DOCS / "Process.daemon", level="hazard")
def test_a_daemonic_child_is_cut_off_when_the_main_program_ends(program, kind):
    """A daemonic child is cut off when the main program ends.

    It is terminated wherever it is: at its work, in get(), or while it flushes.
    """
    ending = program("daemon", kind)

    assert ending.ends() == 0
    assert "the child has ended by itself" not in ending.output


UNTESTED += [
    untested(
        "hazard.fork-with-threads",
        "Forking a process that has threads is unsafe, and the feeder of a queue is a thread.",
        source=DOCS / "contexts-and-start-methods",
        reason="The danger has no outcome that could be told in advance. That Python warns of it is a rule of its own.",
    ),
    untested(
        "hazard.macos-fork",
        "Forking may crash on macOS.",
        source=DOCS / "contexts-and-start-methods",
        reason="The crash comes from system libraries that have started threads; nothing brings it about for certain.",
    ),
    untested(
        "hazard.stdin-replacement",
        "Children replace `sys.stdin`; a buffered replacement of it may be flushed more than once.",
        source=DOCS / "all-start-methods",
        reason="This is about processes and standard input; no queue takes part in it.",
    ),
    untested(
        "hazard.zombies",
        "On POSIX a child that was not joined stays as a zombie until the next start or look at the children.",
        source=DOCS / "all-start-methods",
        reason="This is about processes; no queue takes part in it.",
    ),
    untested(
        "hazard.reuse-after-failure",
        "After a time-out or a kill the queues and processes that were concerned must be thrown away.",
        source=DOCS / "pipes-and-queues",
        reason="This binds the user, and this suite: it makes new queues for every test and a new main program "
        "wherever something was left.",
    ),
]
