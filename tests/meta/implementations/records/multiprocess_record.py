"""Shows, without queuespec, what the expected deviations of multiprocess rest on.

``python multiprocess_record.py`` shows each fact in a process of its own, and with a name after it, that one.
"""

import signal
import sys

import multiprocess
from showing import PATIENCE, printed, show_each


def function_without_a_name():
    """It pickles with dill, which can pickle a function that cannot be imported; the process starts and runs it."""
    for method in "spawn", "forkserver":
        context = multiprocess.get_context(method)
        queue = context.SimpleQueue()
        process = context.Process(target=lambda found: found.put("it runs"), args=(queue,))
        process.start()
        assert queue.get() == "it runs"
        process.join(PATIENCE)
        assert process.exitcode == 0


def tracker_that_unblocks_signals():
    """Starting the resource tracker unblocks SIGINT and SIGTERM."""
    if sys.version_info >= (3, 12):
        return
    blocked = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, blocked)
    multiprocess.get_context("spawn").Queue()
    assert not blocked & signal.pthread_sigmask(signal.SIG_BLOCK, [])


def semaphores_of_main_module():
    """A child forgets, without releasing them, the semaphores that it has created while it imported the main module."""
    if sys.version_info >= (3, 13):
        return
    program = """
import multiprocess
context = multiprocess.get_context("forkserver")
queue = context.Queue()
if __name__ == "__main__":
    process = context.Process(target=len, args=((),))
    process.start()
    process.join()
"""
    assert "leaked semaphore" in printed(program, stream="stderr")


if __name__ == "__main__":
    show_each()
