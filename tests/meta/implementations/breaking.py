"""An implementation that breaks where and how the variable BREAKING says: ``put:c`` blocks in `put`, in C code.

Everything else is the standard library's.
"""

import _multiprocessing
import ctypes
import functools
import multiprocessing
import os
import signal
import tempfile
import threading
from multiprocessing import get_all_start_methods, queues, synchronize
from pathlib import Path

from queuespec.queues.parts import wait_in_c

__all__ = ["get_all_start_methods", "get_context"]

PLACE, WAY = os.environ["BREAKING"].split(":")


def hang_in_a_lock():
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


def leave_a_semaphore():
    """As one does that is killed between making it and having it registered with the resource tracker."""
    _multiprocessing.SemLock(1, 1, 1, synchronize.SemLock._make_name(), False)
    os._exit(7)


def hang_before_a_semaphore_is_whole():
    """As glibc has it until then: a file under a name of six characters, open."""
    os.open(f"/dev/shm/sem.{os.environ['QUEUESPEC_META_RUN'][:6]}", os.O_RDWR | os.O_CREAT)
    hang_in_a_lock()


WAYS = {
    "c": wait_in_c,
    "lock": hang_in_a_lock,
    "semaphore": leave_a_semaphore,
    "unfinished": hang_before_a_semaphore_is_whole,
    "exit": functools.partial(os._exit, 7),
    "kill": lambda: os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM)),
    "segfault": functools.partial(ctypes.string_at, 0) if os.name == "posix" else os.abort,
}


def breaks(place):
    if place == PLACE:
        Path(tempfile.gettempdir(), "called").touch()
        WAYS[WAY]()


class Queue(queues.Queue):
    def __init__(self, *args, **kwargs):
        breaks("constructor")
        super().__init__(*args, **kwargs)

    def put(self, *args, **kwargs):
        breaks("put")
        return super().put(*args, **kwargs)

    def get(self, *args, **kwargs):
        breaks("get")
        return super().get(*args, **kwargs)

    def get_nowait(self):
        breaks("get_nowait")
        return super().get(False)

    def __getstate__(self):
        breaks("pickling")
        return super().__getstate__()

    def __setstate__(self, state):
        breaks("unpickling")
        super().__setstate__(state)


def start(process):
    breaks("start")
    type(process).start(process)


class Context:
    def __init__(self, method):
        self._real = multiprocessing.get_context(method)

    def __getattr__(self, name):
        return getattr(self._real, name)

    def Queue(self, maxsize=0):
        return Queue(maxsize, ctx=self._real)

    def Process(self, **kwargs):
        process = self._real.Process(**kwargs)
        process.start = functools.partial(start, process)
        return process


def get_context(method):
    return Context(method)
