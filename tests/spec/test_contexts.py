"""Contexts and start methods.

A process is started by one of up to three methods, and everything a queue does depends on the context it was made
from. A context is explicit and interferes with nobody; the global start method is chosen once for a whole program, by
whoever needs it first. That choice sticks: each rule about it is judged in an interpreter that has just started.
"""

import roles_contexts as roles
from roles_construction import missing_among

from queuespec import CHANGELOG, DOCS, ISSUE, OBSERVED, WHATS_NEW, raises, rule, untested

METHODS = DOCS / "contexts-and-start-methods"
NEEDS = ("start methods",)

STANDARD_LIBRARY = (
    "this is about modules of the standard library",
    lambda facts: facts.implementation == "multiprocessing" or facts.implementation.startswith("fault:"),
)
NEITHER_MACOS_NOR_WINDOWS = (
    "the default of macOS and of Windows is another",
    lambda facts: facts.system not in ("Darwin", "Windows") and "forkserver" in facts.start_methods,
)
FALLS_BACK = (
    "this behaviour came with Python 3.14.9 and 3.15.1, where forkserver is the default",
    lambda facts: (
        facts.system not in ("Darwin", "Windows")
        and (facts.python >= (3, 15, 1) or (3, 14, 9) <= facts.python < (3, 15))
    ),
)


@rule(
    "ctx.methods-posix",
    source=(METHODS, DOCS / "get_all_start_methods"),
    level="platform",
    kinds=(),
    systems=("POSIX",),
    needs=NEEDS,
)
def test_a_posix_system_has_fork_and_spawn_and_where_descriptors_can_be_sent_forkserver(module):
    """A POSIX system has fork and spawn, and where file descriptors can be sent, forkserver.

    A program may offer its users a choice of start methods, and knows which.
    """
    has_forkserver = module.process.plays(roles.can_send_file_descriptors)

    expected = ["fork", "forkserver", "spawn"] if has_forkserver else ["fork", "spawn"]
    assert module.plays(roles.sorted_start_methods) == expected


@rule(
    "ctx.methods-windows",
    source=(METHODS, DOCS / "get_all_start_methods"),
    level="platform",
    kinds=(),
    systems=("Windows",),
    needs=NEEDS,
)
def test_on_windows_spawn_is_the_only_start_method(module):
    """On Windows spawn is the only start method.

    There is no fork to build upon: what a child needs must be picklable there.
    """
    assert module.get_all_start_methods() == ["spawn"]


@rule("ctx.default-first", source=DOCS / "get_all_start_methods", kinds=(), needs=NEEDS)
def test_the_first_of_the_start_methods_is_the_default(module):
    """The first of the start methods is the default.

    So the default can be known without choosing it.
    """
    first = module.get_all_start_methods()[0]

    assert module.get_start_method() == first


@rule(
    "ctx.default-linux",
    source=(METHODS, WHATS_NEW / "3.14.html"),
    level="platform",
    kinds=(),
    needs=NEEDS,
    when=NEITHER_MACOS_NOR_WINDOWS,
)
def test_on_linux_the_default_is_fork_before_python_3_14_and_forkserver_from_then_on(module, facts):
    """On Linux the default is fork before Python 3.14, and forkserver from then on.

    A program that relied on fork without saying so changed its meaning with 3.14.
    """
    assert module.get_start_method() == ("fork" if facts.python < (3, 14) else "forkserver")


@rule(
    "ctx.default-macos",
    source=METHODS,
    level="platform",
    kinds=(),
    systems=("macOS",),
    needs=NEEDS,
)
def test_on_macos_the_default_is_spawn(module):
    """On macOS the default is spawn.

    System libraries may start threads there, and a fork copies none of them.
    """
    assert module.get_start_method() == "spawn"


@rule(
    "ctx.default-windows",
    source=METHODS,
    level="platform",
    kinds=(),
    systems=("Windows",),
    needs=NEEDS,
)
def test_on_windows_the_default_is_spawn(module):
    """On Windows the default is spawn.

    The only method is the default one.
    """
    assert module.get_start_method() == "spawn"


@rule(
    "ctx.default-without-tempdir",
    source=(METHODS, ISSUE / "155717"),
    level="platform",
    kinds=(),
    needs=NEEDS,
    when=FALLS_BACK,
)
def test_without_a_folder_for_temporary_files_the_default_is_spawn(module):
    """Without a folder for temporary files the default is spawn.

    A fork server is reached through a file; on a read-only system a program still starts its processes.
    """
    assert module.plays(roles.start_method_without_temporary_files) == "spawn"


@rule("ctx.get-context-unavailable", source=DOCS / "get_context", kinds=(), needs=NEEDS)
def test_asking_for_an_unknown_start_method_raises_ValueError(module):
    """Asking for an unknown start method raises `ValueError`.

    A misspelt method is told at once, not when the first process starts.
    """
    with raises(ValueError):
        module.get_context("teleport")


@rule("ctx.get-context-absent", source=DOCS / "get_context", kinds=(), systems=("Windows",), needs=NEEDS)
def test_asking_for_a_start_method_that_the_platform_lacks_raises_ValueError(module):
    """Asking for a start method that the platform lacks raises `ValueError`.

    A program that was written for fork says so on Windows, instead of doing something else.
    """
    with raises(ValueError):
        module.get_context("fork")


@rule("ctx.same-api", source=(METHODS, DOCS / "get_context"), kinds=(), needs=NEEDS)
def test_a_context_offers_what_the_module_offers(context):
    """A context offers what the module offers.

    A function that takes a context can do all its work with it; nothing sends it back to the global module.
    """
    names = ["Queue", "JoinableQueue", "SimpleQueue", "Process", "Pool", "Manager", "Pipe", "Event", "Lock", "RLock"]
    names += ["Semaphore", "BoundedSemaphore", "Condition", "Barrier", "Value", "Array", "TimeoutError"]
    names += ["current_process", "active_children", "cpu_count", "get_context", "get_start_method"]

    assert context.plays(missing_among, names) == []


@rule("ctx.side-by-side", source=METHODS, kinds=(), needs=NEEDS)
def test_queues_of_different_contexts_work_side_by_side_in_one_program(module, facts):
    """Queues of different contexts work side by side in one program.

    A library that uses a context of its own does not disturb the program around it.
    """
    methods = list(facts.start_methods)

    assert module.plays(roles.items_through_each_of, methods) == [f"by {method}" for method in methods]


@rule("ctx.set-once", source=(DOCS / "set_start_method", DOCS / "global-start-method"), kinds=(), needs=NEEDS)
def test_the_global_start_method_can_be_set_once(module):
    """The global start method can be set once.

    Queues and processes of one program must fit each other, so nobody may switch the method between them.
    """
    module.set_start_method("spawn")

    with raises(RuntimeError):
        module.set_start_method("spawn")


@rule("ctx.set-once-forced", source=DOCS / "set_start_method", kinds=(), needs=NEEDS)
def test_the_global_start_method_can_be_set_again_by_force(module, facts):
    """The global start method can be set again by force.

    Whoever says so takes the responsibility; test suites do.
    """
    methods = facts.start_methods
    module.set_start_method(methods[0])

    module.set_start_method(methods[-1], force=True)

    assert module.get_start_method() == methods[-1]


@rule("ctx.set-once-reset", source=DOCS / "set_start_method", kinds=(), needs=NEEDS)
def test_the_choice_of_the_global_start_method_can_be_undone_by_force(module):
    """The choice of the global start method can be undone by force.

    Afterwards the program is as if nobody had asked yet.
    """
    module.set_start_method("spawn")

    module.set_start_method(None, force=True)

    assert module.get_start_method(allow_none=True) is None


@rule(
    "ctx.queue-fixes-method",
    source=(DOCS / "Queue", DOCS / "global-start-method"),
    kinds=("Queue", "JoinableQueue", "SimpleQueue"),
    needs=NEEDS,
)
def test_making_a_queue_through_the_module_chooses_no_other_start_method_than_the_default(module, kind):
    """Making a queue through the module chooses no other start method than the default.

    It may choose the default, or leave the choice open: a process that is started next fits the queue.
    """
    default = module.get_all_start_methods()[0]
    getattr(module, kind)()

    module.calls.get_start_method(allow_none=True).returns_one_of(default, None)


@rule(
    "ctx.queue-fixes-method-at-once",
    source=OBSERVED,
    level="de-facto",
    kinds=("Queue", "JoinableQueue", "SimpleQueue"),
    needs=NEEDS,
)
def test_after_making_a_queue_through_the_module_the_start_method_cannot_be_set(module, kind):
    """After making a queue through the module the start method cannot be set.

    A start method must be chosen before the first queue is made; too late is told by an error.
    """
    getattr(module, kind)()

    with raises(RuntimeError):
        module.set_start_method("spawn")


@rule("ctx.explicit-does-not-fix", source=METHODS, level="de-facto", kinds=(), needs=NEEDS)
def test_making_a_queue_from_a_context_leaves_the_global_start_method_open(module, start_method):
    """Making a queue from a context leaves the global start method open.

    A library that brings its context along leaves the choice to the program that uses it.
    """
    module.plays(roles.make_queue_of, start_method)

    assert module.get_start_method(allow_none=True) is None


@rule(
    "ctx.mix-fork-into-spawn",
    source=METHODS,
    systems=("POSIX",),
    start_methods=("spawn", "forkserver"),
    kinds=("Queue", "JoinableQueue", "SimpleQueue"),
    needs=NEEDS,
)
def test_a_queue_of_the_fork_context_does_not_reach_a_process_of_another(module, start_method, kind):
    """A queue of the fork context does not reach a process of another.

    Its locks exist in memory that only a fork copies; the mistake shows as a failed start, or a failed process.
    """
    giving = module.begins(roles.give_a_queue_of_fork_to_a_process_of, start_method, kind)

    giving.returns_one_of("start raised RuntimeError", "the process failed")


@rule(
    "ctx.mix-fork-into-spawn-raises",
    source=(METHODS, CHANGELOG),
    since=(3, 12),
    systems=("POSIX",),
    start_methods=("spawn", "forkserver"),
    kinds=("Queue", "JoinableQueue", "SimpleQueue"),
    needs=NEEDS,
)
def test_starting_a_process_of_another_context_with_a_queue_of_the_fork_context_raises_RuntimeError(
    module, start_method, kind
):
    """Starting a process of another context with a queue of the fork context raises `RuntimeError`.

    Before 3.12 the process was started, and crashed.
    """
    giving = module.begins(roles.give_a_queue_of_fork_to_a_process_of, start_method, kind)

    giving.returns_one_of("start raised RuntimeError")


@rule("ctx.mix-spawn-into-others", source=OBSERVED, level="de-facto", kinds=(), needs=NEEDS)
def test_a_queue_of_spawn_or_forkserver_works_in_a_process_of_any_start_method(module, start_method, facts):
    """A queue of spawn or forkserver works in a process of any start method.

    A queue that can be sent can also be inherited; only the way from fork to the others is closed.
    """
    senders = [method for method in facts.start_methods if method != "fork"]

    found = module.plays(roles.items_through_processes_of, start_method, senders)

    assert found == [f"by {sender}" for sender in senders]


@rule(
    "ctx.importable-main",
    source=(DOCS / "the-spawn-and-forkserver-start-methods", DOCS / "Process"),
    kinds=(),
    start_methods=("spawn", "forkserver"),
    needs=NEEDS,
)
def test_a_main_module_that_starts_processes_when_imported_fails(program):
    """A main module that starts processes when imported fails.

    The child imports the main module again; without a guard it would start a child of its own, and so on.
    """
    unguarded = program("unguarded")

    unguarded.fails()
    assert "from the child" not in unguarded.output


@rule(
    "ctx.importable-main-fork",
    source=DOCS / "the-spawn-and-forkserver-start-methods",
    level="platform",
    kinds=(),
    start_methods=("fork",),
    needs=NEEDS,
)
def test_under_fork_a_main_module_may_start_processes_when_imported(program):
    """Under fork a main module may start processes when imported.

    A fork imports nothing again; such a program works until its start method changes.
    """
    unguarded = program("unguarded")

    unguarded.prints("from the child\n")
    unguarded.succeeds()


@rule(
    "ctx.importable-target",
    source=(DOCS / "the-spawn-and-forkserver-start-methods", DOCS / "Process"),
    kinds=(),
    start_methods=("spawn", "forkserver"),
    needs=NEEDS,
)
def test_a_process_whose_target_cannot_be_imported_is_refused_at_its_start(context):
    """A process whose target cannot be imported is refused at its start.

    The child finds its target by name; a function that has none is told to whoever starts it.
    """
    with raises(Exception):
        context.plays(roles.start_a_nameless_function)


@rule(
    "ctx.fork-with-threads-warns",
    source=(METHODS, WHATS_NEW / "3.12.html"),
    level="hazard",
    since=(3, 12),
    start_methods=("fork",),
    needs=NEEDS,
)
def test_a_fork_beside_the_thread_of_a_queue_warns(module, start_method, kind):
    """A fork beside the thread of a queue warns.

    The child gets a copy of all locks and of no other thread; a queue that has been put to has one.
    """
    assert "DeprecationWarning" in module.plays(roles.warnings_of_a_fork_after_a_put, start_method, kind)


@rule(
    "ctx.resource-tracker",
    source=METHODS,
    level="platform",
    kinds=(),
    systems=("POSIX",),
    start_methods=("spawn", "forkserver"),
    needs=NEEDS,
)
def test_a_program_that_ends_cleanly_leaves_nothing_for_the_resource_tracker_to_report(program):
    """A program that ends cleanly leaves nothing for the resource tracker to report.

    What it reports at the end of a program is a leak; a queue that leaked on every run would hide the real ones.
    """
    clean = program("clean_run")

    clean.prints_nothing_but("from the child\n")


@rule(
    "ctx.no-sem-import-error",
    source=DOCS / "Queue",
    level="platform",
    kinds=("Queue", "JoinableQueue", "SimpleQueue"),
    when=STANDARD_LIBRARY,
)
def test_where_there_are_no_semaphores_making_a_queue_raises_ImportError(module, start_method, kind):
    """Where there are no semaphores making a queue raises `ImportError`.

    A queue without working locks would lose items; a program can fall back to something else instead.
    """
    with raises(ImportError):
        module.plays(roles.make_queue_without_semaphores, start_method, kind)


@rule(
    "ctx.dummy-replica",
    source=DOCS / "module-multiprocessing.dummy",
    when=STANDARD_LIBRARY,
)
def test_the_queues_of_multiprocessing_dummy_are_thread_queues(module, kind):
    """The queues of `multiprocessing.dummy` are thread queues.

    A program can be run with threads in place of processes by changing one import.
    """
    assert module.process.plays(roles.dummy_queue_is_a_thread_queue, kind)


UNTESTED = [
    untested(
        "ctx.library-takes-context",
        "A library lets its callers supply the context.",
        source=METHODS,
        reason="informative: advice to authors of libraries, which no queue can follow or ignore",
    ),
    untested(
        "ctx.frozen",
        "On POSIX, spawn and forkserver do not work from frozen executables; frozen programs call freeze_support().",
        source=(METHODS, DOCS / "freeze_support"),
        reason="it takes a tool that freezes programs; what it does is that tool's behaviour",
    ),
    untested(
        "ctx.platform-availability",
        "The package is not available on WASI, Android, iOS and Emscripten.",
        source=DOCS,
        reason="no process can be started there, so that nothing of this specification could run",
    ),
]
