"""Surroundings.

Programs run where nobody has tried them: as a daemon, in a service without standard streams, in a full system, inside
another program. The documentation of `multiprocessing` says little about such surroundings. Most of the rules are
about a whole round trip there: two queues are made, a child is started, gets an item from one queue, and puts it into
the other.
"""

from queuespec import CHANGELOG, DOCS, ISSUE, OBSERVED, WHATS_NEW, each, rule, untested

KINDS = ("Queue", "SimpleQueue")
NEEDS = ("start methods",)
STANDARD_LIBRARY = (
    "other modules may print warnings of their own",
    lambda facts: facts.implementation == "multiprocessing" or facts.implementation.startswith("fault:"),
)
JOINS_ITSELF = (
    "this danger was removed in Python 3.12.8 and 3.13.1",
    lambda facts: facts.python < (3, 12, 8) or (3, 13) <= facts.python < (3, 13, 1),
)
IMPORTABLE = (DOCS / "introduction", DOCS / "the-spawn-and-forkserver-start-methods")


@rule(
    "surroundings.odd-streams",
    source=(CHANGELOG / "bpo-28326", DOCS / "all-start-methods"),
    kinds=(*KINDS, "JoinableQueue"),
)
def test_queue_with_odd_standard_streams(program, kind):
    """A queue works where the standard streams are `None`, closed, or objects without a file descriptor.

    Windows programs without a console have no streams; servers and notebooks replace them.
    """
    program("odd_streams", kind).succeeds()


@rule("surroundings.no-descriptors", source=OBSERVED, level="de-facto", kinds=KINDS, systems=("POSIX",))
def test_queue_that_gets_the_first_descriptors(program, kind):
    """A queue works in a process that has closed file descriptors 0 to 2.

    The system gives these numbers to the files that are opened next: here, to the pipes of the queues.
    """
    program("no_descriptors", kind).succeeds()


@rule("surroundings.daemon", source=OBSERVED, level="de-facto", kinds=KINDS, systems=("POSIX",))
def test_queue_in_a_daemon(program, kind):
    """A queue works in a program that has made itself a daemon.

    A daemon forks twice, has a session of its own, sends its streams to the null device, and changes to the root
    directory.
    """
    program("daemonized", kind).prints("the item is back")


@rule("surroundings.session", source=OBSERVED, level="de-facto", kinds=KINDS, systems=("POSIX",))
def test_queue_between_sessions(program, kind):
    """A queue works between processes of different sessions and process groups.

    A worker that leaves its group, so that Ctrl-C does not reach it, keeps its queues.
    """
    program("away", kind).succeeds()


@rule("surroundings.descriptor-limit", source=OBSERVED, level="de-facto", kinds=KINDS, systems=("POSIX",))
def test_queue_without_descriptors(program, kind):
    """Where no file can be opened, making a queue raises `OSError`, leaves nothing behind, and disturbs no other.

    A server that reaches its limit for open files can refuse one job and finish the others.
    """
    program("scarce", kind, "descriptors").succeeds()


@rule("surroundings.no-semaphores", source=OBSERVED, level="de-facto", kinds=KINDS, systems=("POSIX",))
def test_queue_without_semaphores(program, kind):
    """Where no semaphore can be made, making a queue raises `OSError`, leaves nothing behind, and disturbs no other.

    On Linux, a semaphore is a small file in `/dev/shm`, which can be full.
    """
    program("scarce", kind, "semaphores").succeeds()


@rule(
    "surroundings.no-temporary-files",
    source=OBSERVED,
    level="de-facto",
    kinds=(),
    start_methods=("fork", "spawn"),
    needs=NEEDS,
)
def test_queue_without_temporary_files(program):
    """Under fork and spawn, queues and processes need no directory for temporary files.

    On a read-only system, these start methods work.
    """
    program("without_temporary_files").succeeds()


@rule(
    "surroundings.no-temporary-files-forkserver",
    source=OBSERVED,
    level="hazard",
    kinds=(),
    start_methods=("forkserver",),
    needs=NEEDS,
)
def test_forkserver_without_temporary_files(program):
    """Without a directory for temporary files, the first process cannot be started under forkserver.

    A fork server listens on a socket, which is a file. Starting the process raises `FileNotFoundError`.
    """
    program("without_temporary_files").prints("FileNotFoundError")


@rule(
    "surroundings.set-executable",
    source=DOCS / "set_executable",
    level="platform",
    kinds=(),
    systems=("POSIX",),
    start_methods=("spawn",),
    needs=NEEDS,
)
def test_embedded_interpreter(program):
    """set_executable() chooses the interpreter of new processes, whatever `sys.executable` is.

    In a program that embeds Python, `sys.executable` is empty, or is that program.
    """
    program("embedded").succeeds()


@rule("surroundings.not-frozen", source=DOCS / "freeze_support", kinds=("Queue",), needs=NEEDS)
def test_freeze_support_in_an_ordinary_program(context, queue, make_child):
    """freeze_support() has no effect in a program that is not frozen.

    One line serves both forms of a program, and its queues work in both.
    """
    context.freeze_support()

    make_child(queue).put("item")

    assert queue.get() == "item"


@rule(
    "surroundings.thread-pool",
    source=(DOCS / "pipes-and-queues", OBSERVED),
    level="de-facto",
    kinds=KINDS,
    start_methods=("spawn", "forkserver"),
)
def test_queue_in_a_thread_pool(program, kind):
    """A queue can be made, used and given to a new process in any thread of a pool.

    A web server does all this in threads that it borrows for one request.
    """
    program("in_a_pool", kind).succeeds()


@rule(
    "surroundings.fork-in-thread-pool",
    source=(ISSUE / "88110", CHANGELOG / "python-3-13-1", DOCS / "contexts-and-start-methods"),
    level="hazard",
    kinds=("Queue",),
    start_methods=("fork",),
    when=JOINS_ITSELF,
)
def test_fork_in_a_thread_pool(program, kind):
    """A child that is forked in a thread of a `ThreadPoolExecutor` ends with exit code 1, even if all went well.

    Its items arrive, but its parent takes it for failed. In the child, that thread is the main thread, and waits for
    itself when the pool is shut down at exit.
    """
    program("in_a_pool", kind).prints("the child ended with exit code 1")


@rule("surroundings.module-switch", source=WHATS_NEW / "3.4", kinds=())
def test_program_started_as_a_module(program):
    """A program that is started with `python -m` can start processes with functions of its main module.

    The child finds the main module by its name, as its parent did.
    """
    program("started", "own", "module").succeeds()


@rule("surroundings.main-module", source=(*IMPORTABLE, OBSERVED), level="de-facto", kinds=())
@each("way", ["script", "module", "directory", "zip", "-c"])
def test_program_started_in_other_ways(program, way):
    """A queue works however its program was started: as a script, module, directory or zip file, or with `-c`.

    The child imports its function from another module, so it does not need the main module.
    """
    program("started", "imported", way).succeeds()


@rule(
    "surroundings.main-without-module",
    source=IMPORTABLE,
    level="hazard",
    kinds=(),
    start_methods=("spawn", "forkserver"),
)
def test_function_of_a_main_module_without_name(program):
    """Under spawn and forkserver, a child fails if its function is in a main module that it cannot import.

    Code that is given with `-c` or typed in has no module that can be imported. start() succeeds; the child then fails,
    in CPython with `AttributeError`.
    """
    program("started", "own", "-c").prints("the child ended with exit code")


@rule(
    "surroundings.main-from-stdin",
    source=(*IMPORTABLE, OBSERVED),
    level="hazard",
    kinds=(),
    start_methods=("spawn", "forkserver"),
)
def test_main_module_from_standard_input(program):
    """Under spawn and forkserver, every child fails if its program is read from standard input.

    The child takes `<stdin>` for the file of the main module, and fails with `FileNotFoundError` even if its function
    is in another module.
    """
    program("started", "imported", "stdin").prints("FileNotFoundError")


@rule(
    "surroundings.main-removed",
    source=IMPORTABLE,
    level="hazard",
    kinds=(),
    start_methods=("spawn", "forkserver"),
)
def test_main_module_that_was_removed(program):
    """Under spawn and forkserver, a child fails if the file of the main module was removed while the program ran.

    Every new process reads the file again. An upgrade of a running program may remove or change it.
    """
    program("started", "removed", "script").prints("FileNotFoundError")


@rule("surroundings.options", source=OBSERVED, level="de-facto", kinds=())
@each("way", ["-I", "-E", "-OO", "-X utf8", "PYTHONSAFEPATH"])
def test_program_started_with_options(program, way):
    """A queue works under the options of the interpreter: isolated, optimized, in UTF-8 mode, with a safe path.

    New interpreters get the same options and the import path of the parent.
    """
    program("started", "own", way).succeeds()


@rule("surroundings.dev-mode", source=OBSERVED, level="de-facto", kinds=(), when=STANDARD_LIBRARY)
def test_development_mode_prints_nothing(program):
    """In development mode, with warnings as errors, making, using and closing a queue gives no warning.

    A queue that leaves a file open, for example, would cause a `ResourceWarning`.
    """
    program("started", "own", "-X dev").prints_nothing_but("the item is back\n")


@rule(
    "surroundings.subinterpreter",
    source=(ISSUE / "140057", WHATS_NEW / "3.14"),
    level="hazard",
    since=(3, 14),
)
def test_put_in_a_subinterpreter(program, kind):
    """In a subinterpreter, the first put() raises `RuntimeError`.

    A subinterpreter may not have daemon threads, and the feeder of a queue is one. A `SimpleQueue` has none.
    """
    program("subinterpreted", kind, "put").prints("RuntimeError")


@rule(
    "surroundings.simple-queue-in-subinterpreter",
    source=(OBSERVED, WHATS_NEW / "3.14"),
    level="de-facto",
    kinds=("SimpleQueue",),
    since=(3, 14),
    start_methods=("spawn", "forkserver"),
)
def test_simple_queue_in_a_subinterpreter(program, kind):
    """Under spawn and forkserver, a `SimpleQueue` works in a subinterpreter.

    Processes started there can use it as well, but none can be forked.
    """
    program("subinterpreted", kind, "round-trip").prints("the item is back")


UNTESTED = [
    untested(
        "surroundings.no-shared-memory",
        "On Linux, making a queue raises `OSError` if `/dev/shm` is missing or read-only.",
        source=OBSERVED,
        reason="Only a privileged process can change what is mounted. A semaphore that cannot be made for lack of "
        "space has a rule of its own in this chapter.",
    ),
    untested(
        "surroundings.other-user",
        "Under spawn and forkserver, a process of another user cannot open the semaphores of a queue: a program that "
        "gives up its privileges should do so before it makes queues, or in its children.",
        source=OBSERVED,
        reason="Only a privileged process can change its user.",
    ),
]
