"""Resources.

A queue holds two ends of a pipe, some semaphores and, once something was put, a thread. Nothing says when they are
given back, and long-running programs rely on it that they are. Each program here makes, uses and drops twenty queues,
and counts its own resources before and after, where the platform lets one count. Fewer than one a queue may remain:
what comes and goes for other reasons is no leak.
"""

import contextlib
import json

import couriers
import endings
import pytest

from queuespec import CHANGELOG, DOCS, OBSERVED, rule

KINDS = ("Queue", "JoinableQueue", "SimpleQueue")


def _found_by(program):
    """What a program has printed last as JSON; a queue may print what it likes, before and after."""
    assert program.ends() == 0, program.output
    for line in reversed(program.output.splitlines()):
        if line.startswith(("{", "[")):
            with contextlib.suppress(ValueError):
                return json.loads(line)
    raise AssertionError(f"the program {program.text} has not come to its end: {program.output}")


def _leak(counting, resource):
    """Which leak a program has found, in words; the empty text for none."""
    counted = _found_by(counting)
    remain = counted[resource] or 0
    return f"{remain} {resource} remain of {counted['queues']} queues" if remain >= counted["queues"] else ""


@rule(
    "resources.descriptors",
    source=(DOCS / "Queue.close", DOCS / "SimpleQueue.close", OBSERVED),
    level="de-facto",
    kinds=KINDS,
    systems=("Linux", "macOS", "Windows"),
)
@pytest.mark.parametrize("life", ["closed", "dropped"])
def test_no_file_descriptor_or_handle_remains_of_a_queue(program, kind, life):
    """No file descriptor or handle remains of a queue.

    A process has a few hundred of them; a queue a job would use them up in a day.
    """
    leak = _leak(program("resources", kind, life), "descriptors")

    assert not leak, leak


@rule(
    "resources.descriptors-of-closed",
    source=(DOCS / "Queue.close", DOCS / "SimpleQueue.close"),
    level="platform",
    kinds=KINDS,
    systems=("Linux",),
)
def test_no_file_descriptor_remains_of_a_queue_that_was_closed_and_is_still_known(program, kind):
    """No file descriptor remains of a queue that was closed and is still known.

    Closing gives them back; it need not be known where else the queue is mentioned.
    """
    leak = _leak(program("resources", kind, "kept"), "descriptors")

    assert not leak, leak


@rule("resources.threads", source=(DOCS / "Queue.close", OBSERVED), level="de-facto", kinds=KINDS)
def test_no_thread_remains_of_a_queue_that_was_dropped(program, kind):
    """No thread remains of a queue that was dropped.

    The feeder serves one queue, and ends with it.
    """
    leak = _leak(program("resources", kind, "dropped"), "threads")

    assert not leak, leak


@rule("resources.processor", source=OBSERVED, level="de-facto")
def test_a_process_that_has_put_and_waits_uses_no_processor(queue, child):
    """A process that has put and waits uses no processor.

    Waiting costs nothing, in get() as in the thread that has nothing to send: the processor is for the others.
    """
    child.put("a")
    assert queue.get() == "a"

    assert child.plays(couriers.rests_while_waiting, 0.5) == "it rests"


@rule("resources.semaphores", source=OBSERVED, level="de-facto", kinds=KINDS, systems=("Linux",))
def test_no_semaphore_remains_of_a_queue_that_was_dropped(program, kind):
    """No semaphore remains of a queue that was dropped.

    The system has room for a limited number, which all its processes share.
    """
    leak = _leak(program("resources", kind, "dropped"), "semaphores")

    assert not leak, leak


@rule("resources.semaphore-names", source=OBSERVED, level="de-facto", kinds=KINDS, systems=("Linux",))
def test_no_semaphore_remains_in_the_system_when_a_program_has_ended(program, parent, kind):
    """No semaphore remains in the system when a program has ended.

    What a program leaves there is left until the next start of the system.
    """
    used = _found_by(program("semaphores", kind))

    remaining = sorted(set(used) & set(parent.plays(endings.shared_files)))
    assert not remaining, f"{len(remaining)} of {len(used)} semaphores remain"


@rule("resources.many-files", source=CHANGELOG / "bpo-10527", level="platform", kinds=KINDS, systems=("POSIX",))
def test_a_queue_works_in_a_process_that_has_more_than_a_thousand_files_open(program, kind):
    """A queue works in a process that has more than a thousand files open.

    Servers have; the numbers of the queue's own files are then larger than some system calls can take.
    """
    program("many_files", kind).succeeds()
