"""Contexts and start methods.

A process is started by one of up to three methods, and how a queue behaves depends on the context that made it. A
context affects nothing outside itself; the global start method is chosen once for the whole program, by the first code
that needs it. Because that choice lasts, each rule about it is judged in an interpreter that has just started.
"""

from roles import contexts, looking

from queuespec import CHANGELOG, DOCS, ISSUE, OBSERVED, WHATS_NEW, raises, rule, untested

METHODS = DOCS / "contexts-and-start-methods"
NEEDS = ("start methods",)

STANDARD_LIBRARY = (
    "this rule is about modules of the standard library",
    lambda facts: facts.implementation == "multiprocessing" or facts.implementation.startswith("fault:"),
)
NEITHER_MACOS_NOR_WINDOWS = (
    "macOS and Windows have a different default",
    lambda facts: facts.system not in ("Darwin", "Windows") and "forkserver" in facts.start_methods,
)
FALLS_BACK = (
    "this behavior was added in Python 3.14.9 and 3.15.1, where forkserver is the default",
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
def test_start_methods_on_posix(module):
    """POSIX systems offer fork, spawn and, where file descriptors can be sent between processes, forkserver.

    A program that lets its users choose a start method knows which ones to offer.
    """
    has_forkserver = module.process.plays(contexts.can_send_file_descriptors)

    expected = ["fork", "forkserver", "spawn"] if has_forkserver else ["fork", "spawn"]
    assert module.plays(contexts.sorted_start_methods) == expected


@rule(
    "ctx.methods-windows",
    source=(METHODS, DOCS / "get_all_start_methods"),
    level="platform",
    kinds=(),
    systems=("Windows",),
    needs=NEEDS,
)
def test_start_methods_on_windows(module):
    """On Windows, spawn is the only start method.

    Windows has no fork, so everything that a child process needs must be picklable there.
    """
    assert module.get_all_start_methods() == ["spawn"]


@rule("ctx.default-first", source=DOCS / "get_all_start_methods", kinds=(), needs=NEEDS)
def test_default_start_method_comes_first(module):
    """get_all_start_methods() lists the default start method first.

    A program can find out the default without choosing it.
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
def test_default_start_method_on_linux(module, facts):
    """On Linux, the default start method is fork before Python 3.14, and forkserver from then on.

    A program that relied on fork without asking for it behaves differently since 3.14.
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
def test_default_start_method_on_macos(module):
    """On macOS, the default start method is spawn.

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
def test_default_start_method_on_windows(module):
    """On Windows, the default start method is spawn.

    A program need not choose a method there, since there is no other.
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
def test_default_without_temporary_directory(module):
    """Without a writable directory for temporary files, the default start method is spawn.

    A fork server is reached through a socket file; on a read-only system, a program can still start processes.
    """
    assert module.plays(contexts.start_method_without_temporary_files) == "spawn"


@rule("ctx.get-context-unavailable", source=DOCS / "get_context", kinds=(), needs=NEEDS)
def test_get_context_with_unknown_method(module):
    """get_context() raises `ValueError` for an unknown start method.

    A misspelled start method fails immediately, not when the first process starts.
    """
    with raises(ValueError):
        module.get_context("teleport")


@rule("ctx.get-context-absent", source=DOCS / "get_context", kinds=(), systems=("Windows",), needs=NEEDS)
def test_get_context_with_method_the_platform_lacks(module):
    """get_context() raises `ValueError` for a start method that the platform lacks.

    A program written for fork fails with a clear error on Windows instead of silently using another method.
    """
    with raises(ValueError):
        module.get_context("fork")


@rule("ctx.same-api", source=(METHODS, DOCS / "get_context"), kinds=(), needs=NEEDS)
def test_context_offers_what_the_module_offers(context):
    """A context offers the module's queues, processes, pools, managers and synchronization primitives.

    A function that accepts a context can do all its work through it and never needs the global module.
    """
    names = ["Queue", "JoinableQueue", "SimpleQueue", "Process", "Pool", "Manager", "Pipe", "Event", "Lock", "RLock"]
    names += ["Semaphore", "BoundedSemaphore", "Condition", "Barrier", "Value", "Array", "TimeoutError"]
    names += ["current_process", "active_children", "cpu_count", "get_context", "get_start_method"]

    assert context.plays(looking.missing_among, names) == []


@rule("ctx.side-by-side", source=METHODS, kinds=(), needs=NEEDS)
def test_contexts_work_side_by_side(module, facts):
    """Queues of different contexts work side by side in one program.

    A library that uses its own context does not disturb the program around it.
    """
    methods = list(facts.start_methods)

    assert module.plays(contexts.items_through_each_of, methods) == [f"by {method}" for method in methods]


@rule("ctx.set-once", source=(DOCS / "set_start_method", DOCS / "global-start-method"), kinds=(), needs=NEEDS)
def test_set_start_method_only_once(module):
    """set_start_method() can be called only once; a second call raises `RuntimeError`.

    The queues and processes of a program must fit together, so the method may not change between them.
    """
    module.set_start_method("spawn")

    with raises(RuntimeError):
        module.set_start_method("spawn")


@rule("ctx.set-once-forced", source=DOCS / "set_start_method", kinds=(), needs=NEEDS)
def test_set_start_method_again_by_force(module, facts):
    """set_start_method() with `force=True` replaces a start method that was set before.

    Test suites use this to run the same code under several start methods.
    """
    methods = facts.start_methods
    module.set_start_method(methods[0])

    module.set_start_method(methods[-1], force=True)

    assert module.get_start_method() == methods[-1]


@rule("ctx.set-once-reset", source=DOCS / "set_start_method", kinds=(), needs=NEEDS)
def test_unset_start_method_by_force(module):
    """Setting the global start method to `None` by force leaves it unset.

    The program is then free to choose again, as if it had never chosen.
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
def test_making_queue_chooses_at_most_the_default(module, kind):
    """Making a queue through the module never chooses a start method other than the default.

    It may choose the default or leave the choice open; either way, the process that is started next fits the queue.
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
def test_start_method_is_fixed_once_queue_is_made(module, kind):
    """set_start_method() raises `RuntimeError` after a queue has been made through the module.

    A program must choose its start method before it makes its first queue.
    """
    getattr(module, kind)()

    with raises(RuntimeError):
        module.set_start_method("spawn")


@rule("ctx.explicit-does-not-fix", source=METHODS, level="de-facto", kinds=(), needs=NEEDS)
def test_context_leaves_global_method_open(module, start_method):
    """Making a queue through a context leaves the global start method unset.

    A library that brings its own context leaves the choice to the program that uses it.
    """
    module.plays(contexts.make_queue_of, start_method)

    assert module.get_start_method(allow_none=True) is None


@rule(
    "ctx.mix-fork-into-spawn",
    source=METHODS,
    systems=("POSIX",),
    start_methods=("spawn", "forkserver"),
    kinds=("Queue", "JoinableQueue", "SimpleQueue"),
    needs=NEEDS,
)
def test_fork_queue_in_other_context_is_not_lost(module, start_method, kind):
    """A queue of the fork context loses no item silently in a process started by spawn or forkserver.

    Its locks may exist in memory that only a fork copies; the mistake shows up as a failed start or a failed process.
    """
    giving = module.begins(contexts.give_a_queue_of_fork_to_a_process_of, start_method, kind)

    giving.returns_one_of("start raised RuntimeError", "the process failed", "the item arrived")


@rule(
    "ctx.mix-fork-into-spawn-raises",
    source=(METHODS, CHANGELOG),
    level="de-facto",
    since=(3, 12),
    systems=("POSIX",),
    start_methods=("spawn", "forkserver"),
    kinds=("Queue", "JoinableQueue", "SimpleQueue"),
    needs=NEEDS,
)
def test_fork_queue_in_other_context_raises(module, start_method, kind):
    """Starting a spawn or forkserver process with a queue of the fork context raises `RuntimeError`.

    Before Python 3.12, the process started and then crashed.
    """
    giving = module.begins(contexts.give_a_queue_of_fork_to_a_process_of, start_method, kind)

    giving.returns_one_of("start raised RuntimeError")


@rule("ctx.mix-spawn-into-others", source=OBSERVED, level="de-facto", kinds=(), needs=NEEDS)
def test_spawn_queue_works_in_any_context(module, start_method, facts):
    """A queue of the spawn or forkserver context works in a process of any start method.

    A program that mixes contexts can share these queues freely; only those of the fork context are restricted.
    """
    senders = [method for method in facts.start_methods if method != "fork"]

    found = module.plays(contexts.items_through_processes_of, start_method, senders)

    assert found == [f"by {sender}" for sender in senders]


@rule(
    "ctx.importable-main",
    source=(DOCS / "the-spawn-and-forkserver-start-methods", DOCS / "Process"),
    kinds=(),
    start_methods=("spawn", "forkserver"),
    needs=NEEDS,
)
def test_unguarded_main_module_fails(program):
    """Under spawn and forkserver, a program fails if its main module starts processes without a guard.

    The child imports the main module again; without `if __name__ == "__main__"`, it would start a child of its own, and
    so on.
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
def test_unguarded_main_module_works_under_fork(program):
    """Under fork, a main module can start processes without a guard.

    A forked child imports nothing again, so an unguarded program works - until its start method changes.
    """
    unguarded = program("unguarded")

    unguarded.prints("from the child\n")
    unguarded.succeeds()


@rule(
    "ctx.importable-target",
    source=(DOCS / "the-spawn-and-forkserver-start-methods", DOCS / "Process"),
    level="de-facto",
    kinds=(),
    start_methods=("spawn", "forkserver"),
    needs=NEEDS,
)
def test_target_must_be_importable(context):
    """Under spawn and forkserver, starting a process whose target cannot be imported raises an exception.

    The child finds its target by name, so a lambda fails in the parent, where the mistake was made. A module that
    pickles functions by value, as multiprocess does, can start it.
    """
    with raises(Exception):
        context.plays(contexts.start_a_nameless_function)


@rule(
    "ctx.fork-with-threads-warns",
    source=(METHODS, WHATS_NEW / "3.12.html"),
    level="hazard",
    since=(3, 12),
    start_methods=("fork",),
    needs=NEEDS,
)
def test_fork_beside_feeder_thread_warns(module, start_method, kind):
    """Forking while a queue's feeder thread is running issues a `DeprecationWarning`.

    The child gets a copy of every lock but of no other thread, so a lock that was held at that moment is never released
    there.
    """
    assert "DeprecationWarning" in module.plays(contexts.warnings_of_a_fork_after_a_put, start_method, kind)


@rule(
    "ctx.resource-tracker",
    source=METHODS,
    level="platform",
    kinds=(),
    systems=("POSIX",),
    start_methods=("spawn", "forkserver"),
    needs=NEEDS,
)
def test_resource_tracker_has_nothing_to_report(program):
    """A program that ends cleanly leaves nothing for the resource tracker to report.

    What the tracker reports at exit is a leak; a queue that leaked on every run would hide the real ones.
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
def test_no_semaphores_raises_import_error(module, start_method, kind):
    """Where semaphores are not available, making a queue raises `ImportError`.

    A queue without working locks would lose items; with an error, the program can fall back on something else.
    """
    with raises(ImportError):
        module.plays(contexts.make_queue_without_semaphores, start_method, kind)


@rule(
    "ctx.dummy-replica",
    source=DOCS / "module-multiprocessing.dummy",
    when=STANDARD_LIBRARY,
)
def test_dummy_queues_are_thread_queues(module, kind):
    """The queues of `multiprocessing.dummy` are thread queues.

    By changing one import, a program runs with threads instead of processes.
    """
    assert module.process.plays(contexts.dummy_queue_is_a_thread_queue, kind)


UNTESTED = [
    untested(
        "ctx.library-takes-context",
        "A library lets its users supply the context.",
        source=METHODS,
        reason="This is advice to library authors; no queue can follow or ignore it.",
    ),
    untested(
        "ctx.frozen",
        "On POSIX, spawn and forkserver do not work in frozen executables; frozen programs call freeze_support().",
        source=(METHODS, DOCS / "freeze_support"),
        reason="Freezing a program takes a tool of its own, and the verdict would be about that tool.",
    ),
    untested(
        "ctx.platform-availability",
        "The package is not available on Android, Emscripten, iOS and WASI.",
        source=DOCS,
        reason="No process can be started on these platforms, so nothing in this specification could run.",
    ),
]
