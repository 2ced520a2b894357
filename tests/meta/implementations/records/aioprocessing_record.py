"""Shows, without queuespec, what the expected deviations of aioprocessing rest on.

``python aioprocessing_record.py`` shows each fact in a process of its own, and with a name after it, that one.
"""

import copy
import multiprocessing
import os
import signal
import sys

os.environ["AIOPROCESSING_DILL_DISABLED"] = "1"

import aioprocessing
from showing import PATIENCE, printed, show_each

context = multiprocessing.get_context("spawn")


def joinable_queue_apart():
    """The class AioJoinableQueue is not derived from AioQueue."""
    queues = aioprocessing.AioQueue(context=context), aioprocessing.AioJoinableQueue(context=context)
    assert not issubclass(type(queues[1]), type(queues[0]))


def no_generic_alias():
    """The classes have no __class_getitem__."""
    for make in aioprocessing.AioQueue, aioprocessing.AioJoinableQueue, aioprocessing.AioSimpleQueue:
        assert not hasattr(type(make(context=context)), "__class_getitem__")


def copies():
    """A queue can be copied: the copy is another wrapper of the same queue."""
    queue = aioprocessing.AioQueue(context=context)
    copied = copy.copy(queue)
    copied.put("item")
    assert queue.get(timeout=PATIENCE) == "item"


def tracker_that_unblocks_signals():
    """Starting the resource tracker unblocks SIGINT and SIGTERM."""
    if sys.version_info >= (3, 12):
        return
    blocked = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, blocked)
    aioprocessing.AioQueue(context=context)
    assert not blocked & signal.pthread_sigmask(signal.SIG_BLOCK, [])


def semaphores_of_main_module():
    """A child forgets, without releasing them, the semaphores that it has created while it imported the main module."""
    if sys.version_info >= (3, 13):
        return
    program = """
import multiprocessing
import aioprocessing
context = multiprocessing.get_context("forkserver")
queue = aioprocessing.AioQueue(context=context)
if __name__ == "__main__":
    process = context.Process(target=len, args=((),))
    process.start()
    process.join()
"""
    assert "leaked semaphore" in printed(program, stream="stderr")


if __name__ == "__main__":
    show_each()
