"""Shows, without queuespec, what the expected deviations of torch.multiprocessing rest on.

``python torch_multiprocessing_record.py`` shows each fact in a process of its own; with a NAME it shows one.
"""

import signal
import sys

import torch.multiprocessing
from showing import printed, show_each


def tracker_that_unblocks_signals():
    """Starting the resource tracker unblocks SIGINT and SIGTERM."""
    if sys.version_info >= (3, 12):
        return
    blocked = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, blocked)
    torch.multiprocessing.get_context("spawn").Queue()
    assert not blocked & signal.pthread_sigmask(signal.SIG_BLOCK, [])


def semaphores_of_main_module():
    """A child forgets, without releasing them, the semaphores that it has created while it imported the main module."""
    if sys.version_info >= (3, 13):  # where it may also conform
        return
    program = """
import torch.multiprocessing
context = torch.multiprocessing.get_context("forkserver")
queue = context.Queue()
if __name__ == "__main__":
    process = context.Process(target=len, args=((),))
    process.start()
    process.join()
"""
    assert "leaked semaphore" in printed(program, stream="stderr")


if __name__ == "__main__":
    show_each()
