"""Resources.

A queue holds both ends of a pipe, several semaphores and, once something has been put, a thread. The documentation does
not say when they are released, but long-running programs depend on it. Each program here creates, uses, and drops
twenty queues, and counts its own resources before and after, where the platform allows it. The tests tolerate fewer
than one remaining resource per queue, because some come and go for other reasons.
"""

import contextlib
import json

from items import pickling
from roles import looking, recognizing

from queuespec import CHANGELOG, DOCS, ISSUE, OBSERVED, WHATS_NEW, each, made, rule

KINDS = ("Queue", "JoinableQueue", "SimpleQueue")
TRACKER_CAN_BE_INTERRUPTED = (
    "the process could wait for itself before Python 3.11.7, and in 3.12.0",
    lambda facts: facts.python >= (3, 11, 7) and facts.python != (3, 12, 0),
)


def _found_by(program):
    """The JSON that a program has printed after "found"; a queue may print anything before and after it."""
    program.succeeds()
    for line in program.output.splitlines():
        if line.startswith("found "):
            with contextlib.suppress(ValueError):
                return json.loads(line[len("found ") :])
    raise AssertionError(f"the program {program.text} should have printed what it found, but it printed nothing of it")


def _leak(program, kind, life, resource):
    """The leak that the program `resources` finds, in words; an empty string for none."""
    counted = _found_by(program("resources", kind, life, resource))
    remain = counted[resource]
    return f"{remain} {resource} remain of {counted['queues']} queues" if remain >= counted["queues"] else ""


def _changes(looking_around, mask=False):
    """What a program has found changed in its process, in words: the signal mask alone, or everything else."""
    found = _found_by(looking_around)
    names = [name for name in found if (name == "signal mask") == mask]
    return "; ".join(f"{name}: {found[name]:.300}" for name in names)


@rule(
    "resources.descriptors",
    source=(DOCS / "Queue.close", DOCS / "SimpleQueue.close", OBSERVED),
    level="de-facto",
    kinds=KINDS,
)
@each("life", ["closed", "dropped"])
def test_no_descriptors_left(program, kind, life):
    """A queue that has been garbage collected leaves no file descriptor or handle open.

    A process is often limited to a few hundred; one queue per job would use them up within a day.
    """
    leak = _leak(program, kind, life, "descriptors")

    assert not leak, leak


@rule(
    "resources.descriptors-of-closed",
    source=(DOCS / "Queue.close", DOCS / "SimpleQueue.close"),
    level="platform",
    kinds=KINDS,
    systems=("POSIX",),
)
def test_closed_queue_holds_no_descriptors(program, kind):
    """A closed queue holds no file descriptors, even if it is still referenced.

    close() releases them no matter where else in the program the queue is still stored.
    """
    leak = _leak(program, kind, "kept", "descriptors")

    assert not leak, leak


@rule("resources.descriptors-of-unused", source=ISSUE / "77262", level="hazard", systems=("POSIX",))
def test_unused_queue_keeps_descriptors(program, kind):
    """A queue into which its process has never put anything keeps its file descriptors after close().

    Its feeder thread would close them, and there is none: they stay open until the queue is garbage collected.
    """
    leak = _leak(program, kind, "unused", "descriptors")

    assert leak, "close() closed the file descriptors of the queues"


@rule("resources.threads", source=(DOCS / "Queue.close", OBSERVED), level="de-facto", kinds=KINDS)
def test_no_threads_left(program, kind):
    """A queue that has been garbage collected leaves no thread running.

    A feeder thread serves one queue and ends with it, so a service does not accumulate threads.
    """
    leak = _leak(program, kind, "dropped", "threads")

    assert not leak, leak


@rule("resources.received-items", source=(ISSUE / "140885", OBSERVED), level="de-facto", kinds=KINDS)
def test_received_item_is_let_go(queue, child):
    """An item that a process has received and dropped is garbage collected.

    A consumer of large items needs memory for the one that it works on, not for earlier ones.
    """
    child.put(made(pickling.Parcel, "received", 1))

    assert queue.plays(recognizing.get_and_watch, 2.0) == "let go"


@rule("resources.processor", source=OBSERVED, level="de-facto")
def test_waiting_uses_no_cpu(queue, child):
    """A process that has put an item uses almost no CPU time while it waits in get().

    Neither get() nor an idle feeder thread polls; waiting processes leave the CPU to others.
    """
    child.put("a")
    assert queue.get() == "a"

    assert child.plays(looking.rests_while_waiting, 0.5) == "it rests"


@rule("resources.semaphores", source=OBSERVED, level="de-facto", kinds=KINDS, systems=("POSIX",))
def test_no_semaphores_left(program, kind):
    """A queue that has been garbage collected leaves no semaphore in its process.

    The system has only a limited number of semaphores, shared by all processes.
    """
    leak = _leak(program, kind, "dropped", "semaphores")

    assert not leak, leak


@rule("resources.semaphore-names", source=OBSERVED, level="de-facto", kinds=KINDS, systems=("POSIX",))
def test_no_semaphores_left_after_exit(program, parent, kind):
    """No semaphore is left in the system after a program has exited.

    A leftover semaphore would stay there until the next reboot.
    """
    used = _found_by(program("semaphores", kind))

    remaining = sorted(set(used) & set(parent.plays(looking.shared_files)))
    assert not remaining, f"{len(remaining)} of {len(used)} semaphores remain"


@rule(
    "resources.semaphore-names-of-killed",
    source=DOCS / "contexts-and-start-methods",
    level="platform",
    kinds=KINDS,
    systems=("POSIX",),
    start_methods=("spawn", "forkserver"),
)
def test_no_semaphores_left_by_a_killed_program(program, kind):
    """No semaphore is left in the system after a program was killed and its children have exited.

    The resource tracker outlives them all, and removes what they could not.
    """
    remaining = _found_by(program("killed_alone", kind))

    assert not remaining, f"{len(remaining)} semaphores remain"


@rule(
    "resources.semaphores-of-killed",
    source=(ISSUE / "122770", DOCS / "Process.terminate"),
    level="hazard",
    kinds=KINDS,
    systems=("POSIX",),
    start_methods=("spawn", "forkserver"),
)
def test_semaphores_of_a_killed_process_remain(program, kind):
    """The semaphores of a queue whose creator was killed remain until the whole program has exited.

    The resource tracker then removes them, and reports them as leaked. A worker that is terminated again and again, as
    those of a pool are, should not create queues.
    """
    remaining = _found_by(program("killed_creator", kind))

    assert remaining, "no semaphore of the killed process was left"


@rule(
    "resources.global-of-main",
    source=ISSUE / "90549",
    level="de-facto",
    kinds=KINDS,
    systems=("POSIX",),
    start_methods=("spawn", "forkserver"),
)
def test_global_queue_of_main_module_leaves_nothing(program, kind):
    """A queue in a global variable of the main module leaves nothing for the resource tracker to report.

    Each child imports the main module and so creates a queue of its own, which it must release as well.
    """
    program("module_queue", kind).prints_nothing_but("the child has run\n")


@rule("resources.after-ctrl-c", source=(ISSUE / "75491", OBSERVED), level="de-facto", kinds=KINDS, systems=("POSIX",))
def test_queues_work_after_ctrl_c(program, kind):
    """A program that survives Ctrl-C can still create and use queues.

    A terminal sends the interrupt to all processes of a program, including those that work for the queues in the
    background.
    """
    run = program("after_interrupt", kind)

    run.prints("before and after")
    run.succeeds()


@rule(
    "resources.killed-tracker",
    source=(ISSUE / "75491", OBSERVED),
    level="de-facto",
    kinds=KINDS,
    systems=("POSIX",),
    start_methods=("spawn", "forkserver"),
)
@each("creator", ["main", "child"])
def test_queues_work_after_their_tracker_was_killed(program, kind, creator):
    """A program whose resource tracker was killed can still create and use queues.

    The tracker is one small process for the whole program, and a shortage of memory or a careless `killall` may end it.
    It is started anew, also by a child that was running at that time; queues of before work as well.
    """
    run = program("killed_helper", kind, "resource_tracker", creator)

    run.prints("before and after: a new queue")
    run.succeeds()


@rule(
    "resources.new-tracker-cleans-up",
    source=(ISSUE / "75491", DOCS / "contexts-and-start-methods"),
    level="de-facto",
    kinds=KINDS,
    systems=("POSIX",),
    start_methods=("spawn", "forkserver"),
)
def test_new_tracker_removes_what_is_left(program, kind):
    """If the resource tracker was killed, the next queue has a new one, which removes what a killed program leaves.

    A queue that works without its tracker would not be noticed before the system runs out of semaphores.
    """
    remaining = _found_by(program("killed_alone", kind, "resource_tracker"))

    assert not remaining, f"{len(remaining)} semaphores remain"


@rule(
    "resources.new-tracker-complains",
    source=(ISSUE / "75491", OBSERVED),
    level="hazard",
    kinds=KINDS,
    systems=("POSIX",),
    start_methods=("spawn", "forkserver"),
)
def test_new_tracker_prints_errors_about_old_queues(program, kind):
    """If the resource tracker was killed, its successor prints a `KeyError` traceback for each semaphore of before.

    It never learned about them, so it does not expect to hear of their end. The queues themselves are not affected.
    """
    run = program("killed_helper", kind, "resource_tracker", "main")

    run.prints("KeyError")


@rule(
    "resources.killed-fork-server",
    source=(ISSUE / "75489", OBSERVED),
    level="de-facto",
    kinds=KINDS,
    systems=("POSIX",),
    start_methods=("forkserver",),
)
def test_queues_work_after_the_fork_server_was_killed(program, kind):
    """A program whose fork server was killed can still pass its queues to new processes.

    Another fork server is started for the next process.
    """
    run = program("killed_helper", kind, "forkserver", "main")

    run.prints("before and after: a new queue")
    run.succeeds()


@rule(
    "resources.collected-midway",
    source=(ISSUE / "109593", OBSERVED),
    level="de-facto",
    kinds=KINDS,
    when=TRACKER_CAN_BE_INTERRUPTED,
)
def test_queue_is_collected_midway(program, kind):
    """A queue can be garbage collected at any moment, even while another one is created or used.

    The garbage collector runs wherever memory is needed, so the end of one queue may interrupt the code of another.
    """
    lines = 50
    run = program("collected_midway", kind, lines)

    for number in range(lines):
        run.prints(f"round {number + 1}\n")
    run.succeeds()


@rule("resources.no-fork", source=OBSERVED, level="de-facto", kinds=KINDS, systems=("POSIX",))
def test_creating_a_queue_does_not_fork(program, kind):
    """Creating and using a queue runs no handler that was registered with `os.register_at_fork()`.

    A handler may acquire a lock; a library that creates a queue while it holds that lock would wait for itself.
    """
    ran = _found_by(program("fork_handlers", kind))

    assert not ran, f"these handlers ran: {ran}"


@rule("resources.signal-mask", source=ISSUE / "127586", level="de-facto", kinds=KINDS, systems=("POSIX",))
def test_signal_mask_is_kept(program, kind):
    """Making and using a queue leaves the signal mask of its process as it was.

    A program that blocks Ctrl-C or SIGTERM for a critical section does not expect a queue to let them through.
    """
    changes = _changes(program("as_it_was", kind), mask=True)

    assert not changes, changes


@rule("resources.as-it-was", source=(OBSERVED, WHATS_NEW / "3.4"), level="de-facto", kinds=KINDS)
def test_process_is_as_it_was(program, kind):
    """Making, using, and closing a queue leaves signal handlers, streams, environment and threads as they were.

    The same holds for everything else that belongs to the whole process: a queue is a guest there. Its own file
    descriptors are not inherited by other programs, which would keep the pipe open.
    """
    changes = _changes(program("as_it_was", kind))

    assert not changes, changes


@rule("resources.many-files", source=CHANGELOG / "bpo-10527", level="platform", kinds=KINDS, systems=("POSIX",))
def test_queue_with_many_open_files(program, kind):
    """A queue works in a process that has more than a thousand open files.

    Servers often have that many. The queue's file descriptors are then too large for system calls such as `select()`.
    """
    program("many_files", kind).succeeds()
