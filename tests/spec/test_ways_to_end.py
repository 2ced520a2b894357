"""Ways to end.

A process ends because its code returns, calls `sys.exit()` or fails, or because a signal arrives; it may be the main
program, a child, a child of a child, or the process of a manager. This chapter goes through these ways. With all those
that run Python's cleanup, nothing is lost: the process sends what it has put, and waits for its children. The cleanup
also shuts down managers, earlier than some programs expect. `os._exit()` and a signal without a handler skip it.
"""

from queuespec import DOCS, ISSUE, LIBRARY, OBSERVED, each, rule

MANAGER = ("Manager.Queue",)
CLEAN = ["return", "sys.exit", "exception", "Ctrl-C", "SIGTERM handler"]
ABRUPT = ["os._exit", "SIGTERM"]
WAITS_FOR_ITEMS = DOCS / "pipes-and-queues"
STARTS_THREADS_LATE = (
    "Python 3.12 starts no threads after the end of the main thread",
    lambda facts: facts.python[:2] != (3, 12),
)


@rule("exit.code-of-main", source=(LIBRARY / "sys.exit", WAITS_FOR_ITEMS))
@each(("way", "code"), [("return", 0), ("sys.exit", 3), ("exception", 1), ("SIGTERM handler", 4)])
def test_exit_code_of_main(program, kind, way, code):
    """The exit code of the main program does not depend on whether it still has items to send.

    It is 0, or the argument of `sys.exit()`, or 1 after an exception: scripts can rely on it.
    """
    ending = program("ends_by", way, "unsent", kind)

    assert ending.ends() == code


@rule("exit.silent-if-empty", source=OBSERVED, level="de-facto", kinds=("Queue", "JoinableQueue", "SimpleQueue"))
@each("way", ["return", "sys.exit"])
@each("state", ["unused", "emptied"])
def test_exit_with_nothing_to_send(program, kind, way, state):
    """A main program whose queue is unused, or empty again, exits without printing anything.

    There is nothing to send, nothing to wait for, and nothing to report.
    """
    program("ends_by", way, state, kind).prints_nothing_but("")


@rule("exit.thread-outlives-main", source=(LIBRARY / "threading.Thread.daemon", OBSERVED), level="de-facto")
def test_put_by_thread_that_outlives_main(program, kind):
    """An item that a non-daemon thread puts after the end of the main thread is flushed as well.

    The program ends only with its last non-daemon thread, and its queues remain usable until then.
    """
    program("ends_by", "return", "put_by_thread", kind).prints("pickled before the end")


@rule("exit.first-put-outlives-main", source=ISSUE / "113964", level="de-facto", when=STARTS_THREADS_LATE)
def test_first_put_by_thread_that_outlives_main(program, kind):
    """A non-daemon thread can put the first item of its program after the end of the main thread.

    This put() starts the feeder thread, which an interpreter that is exiting may refuse.
    """
    program("ends_by", "return", "first_put_by_thread", kind).prints("pickled before the end")


@rule("exit.flush-on-sigterm-handler", source=(WAITS_FOR_ITEMS, LIBRARY / "signal.signal"))
def test_handled_sigterm_flushes_items(program, kind):
    """A child process whose handler for SIGTERM raises `SystemExit` flushes its items before it exits.

    With such a handler, a worker that is asked to stop loses nothing that it has put.
    """
    ending = program("descendant", "flushes", "child", "SIGTERM handler", kind)

    ending.prints("its end waits")
    ending.prints("it ended with exit code 4")
    ending.prints("the queue contains item")


@rule("exit.grandchild-flushes", source=WAITS_FOR_ITEMS)
@each("way", CLEAN)
def test_grandchild_flushes_items(program, kind, way):
    """A child of a child process flushes its items before it exits.

    It does not matter how many processes lie between the producer and the process that created the queue.
    """
    ending = program("descendant", "flushes", "grandchild", way, kind)

    ending.prints("its end waits")
    ending.prints("the queue contains item")


@rule("exit.child-waits-for-children", source=(WAITS_FOR_ITEMS, DOCS / "Process.daemon"), kinds=("Queue",))
@each("way", CLEAN)
def test_child_waits_for_its_children(program, kind, way):
    """A child process waits for its own non-daemonic children before it exits.

    A worker that has been joined has no helpers left that still put items.
    """
    ending = program("descendant", "awaits", "child", way, kind)

    ending.prints("its end waits")
    ending.prints("the queue contains item")


@rule("exit.orphan-keeps-queue", source=DOCS / "Process.terminate")
@each("way", ABRUPT)
def test_orphan_uses_queue(program, kind, way):
    """A process can use its queues after its parent has ended without any cleanup.

    It is not ended along with its parent, and the queue is as much its own as it was its parent's.
    """
    program("descendant", "is_outlived", "child", way, kind).prints("the queue contains item")


@rule("exit.interrupt-waiting-exit", source=OBSERVED, level="de-facto", systems=("POSIX",))
def test_interrupted_exit(program, kind):
    """Ctrl-C ends a main program whose exit waits for a reader.

    A program that seems to hang can be stopped like any other; the items that it could not send are lost.
    """
    program("ends_by", "return", "too_large", kind).ends()


@rule("hazard.abrupt-end-of-main", source=(DOCS / "Process.terminate", LIBRARY / "os._exit"), level="hazard")
@each("way", ABRUPT)
def test_abrupt_end_of_main(program, kind, way):
    """A main program that ends by `os._exit()` or an unhandled SIGTERM loses its unsent items.

    The cleanup is skipped: nobody waits for the feeder thread, and the children are left running.
    """
    ending = program("whole", "ends_by", way, "abandoned", kind)

    ending.prints("the orphan got Empty")


@rule("hazard.failed-main-waits", source=(WAITS_FOR_ITEMS, DOCS / "Process.daemon"), level="hazard")
@each("way", ["exception", "sys.exit", "SIGTERM handler"])
def test_failed_main_waits_for_consumer(program, kind, way):
    """A main program that fails does not exit while a child waits for an item.

    The traceback has been printed, but the sentinel that stops the child was never put. A `finally` block can put it.
    """
    ending = program("ends_by", way, "awaited", kind)

    ending.prints("the exit waits for the child")


@rule("manager.ends-with-main", source=(DOCS / "managers", DOCS / "BaseManager.shutdown"), kinds=MANAGER, needs=MANAGER)
@each("way", CLEAN)
def test_manager_ends_with_main(program, kind, way):
    """A manager process ends when the program that started it exits.

    shutdown() may be left out: the queues of a manager, and what they contain, do not outlive the program.
    """
    program("whole", "ends_by", way, "unused", kind).prints("all of it has ended")
