"""Queues that do not work in some surroundings of their program."""

import os
import queue as thread_queue
import sys
import tempfile
import threading
from multiprocessing import queues

from queuespec.queues.declare import EVERYTHING, fault
from queuespec.queues.parts import changed, write_now


@fault(breaks={"surroundings.odd-streams": "with streams that are None: AttributeError"})
class FlushesStandardOutput:
    """put() flushes standard output, whatever that is."""

    class Queue(queues.Queue):
        def put(self, obj, block=True, timeout=None):
            sys.stdout.flush()
            super().put(obj, block, timeout)


@fault(breaks={"surroundings.no-descriptors": "the queue is closed"}, start_methods=("fork",))
class ZeroIsNoDescriptor:
    """put() takes file descriptor 0 for a closed file."""

    class Queue(queues.Queue):
        def put(self, obj, block=True, timeout=None):
            if not self._reader.fileno():
                raise OSError("the queue is closed")
            super().put(obj, block, timeout)


importer: list[int] = []
"""The process that has loaded the implementation."""


@fault(breaks={"surroundings.daemon": "no queue can be made in a fork"}, start_methods=("fork",))
class OnlyForItsImporter:
    """A queue can be made only in the process that has imported the module."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            if importer != [os.getpid()]:
                raise RuntimeError("no queue can be made in a fork")
            super().__init__(maxsize, ctx=ctx)

    @staticmethod
    def module(real):
        importer[:] = [os.getpid()]
        return real


@fault(breaks={"surroundings.session": "the child ended with exit code 1"}, start_methods=("fork",))
class OneSessionOnly:
    """get() fails in a session other than that in which the queue was made."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(maxsize, ctx=ctx)
            self._session = os.getsid(0)

        def get(self, block=True, timeout=None):
            if os.getsid(0) != self._session:
                raise PermissionError("the queue belongs to another session")
            return super().get(block, timeout)


@fault(
    breaks={
        "surroundings.descriptor-limit": "3 of 3 queues were made without descriptors",
        "surroundings.no-semaphores": "3 of 3 queues were made without semaphores",
    },
    not_on=("win32",),
)
class MakesDo:
    """Where the system has too little for a queue, one for threads is made in its place."""

    @staticmethod
    def Queue(maxsize=0, *, ctx):
        try:
            return ctx.Queue(maxsize)
        except OSError:
            return thread_queue.Queue(maxsize)


@fault(breaks={"surroundings.no-semaphores": "there are 3 more descriptors than before"}, not_on=("darwin", "win32"))
class AFailedQueueLeaks:
    """A queue that could not be made leaves a file open."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            try:
                super().__init__(maxsize, ctx=ctx)
            except OSError:
                os.open(os.devnull, os.O_RDONLY)
                raise


@fault(breaks={"surroundings.no-temporary-files": "FileNotFoundError"})
class NeedsATemporaryFile:
    """Making a queue writes a temporary file."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            with tempfile.TemporaryFile():
                super().__init__(maxsize, ctx=ctx)


@fault(
    breaks={"surroundings.set-executable": "embedded should have succeeded, but it ended with exit code 1"},
    start_methods=("spawn",),
    not_on=("win32",),
)
class OneExecutableOnly:
    """set_executable() does nothing."""

    @staticmethod
    def context(real):
        return changed(real, set_executable=lambda executable: None)


def refuse_to_freeze():
    """Raises an exception."""
    raise RuntimeError("this program is not frozen")


@fault(breaks={"surroundings.not-frozen": "should have returned, but it raised RuntimeError"})
class FrozenOnly:
    """freeze_support() raises an exception in a program that is not frozen."""

    @staticmethod
    def context(real):
        return changed(real, freeze_support=refuse_to_freeze)


@fault(breaks={"surroundings.thread-pool": "queues are made in the main thread"}, start_methods=("spawn",))
class OnlyInTheMainThread:
    """A queue can be made only in the main thread."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            if threading.current_thread() is not threading.main_thread():
                raise RuntimeError("queues are made in the main thread")
            super().__init__(maxsize, ctx=ctx)


@fault(
    breaks={"surroundings.fork-in-thread-pool": "but it ended with exit code 0"},
    collateral=EVERYTHING,
    start_methods=("fork",),
    pretends={"python": (3, 13, 0)},
)
class ChildrenSkipTheirExit:
    """A child ends as soon as its function has returned and its items are sent."""

    @staticmethod
    def process(context, *, target, **kwargs):
        def work(*args):
            target(*args)
            for queue in args:
                queue.close()
                queue.join_thread()
            os._exit(0)

        return context.Process(target=work, **kwargs)


@fault(breaks={"surroundings.module-switch": "the main module is not a script"})
class OnlyForScripts:
    """A queue cannot be made in a program that was started with ``python -m``."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            if sys.modules["__main__"].__spec__ is not None:
                raise RuntimeError("the main module is not a script")
            super().__init__(maxsize, ctx=ctx)


@fault(breaks={"surroundings.main-module": "AttributeError: module '__main__' has no attribute '__file__'"})
class NamedAfterItsProgram:
    """A queue has the name of its program's file, so every program has to have one."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(maxsize, ctx=ctx)
            self._name = sys.modules["__main__"].__file__


@fault(breaks={"surroundings.options": "'NoneType' object has no attribute 'strip'"})
class UsesItsDocstring:
    """Making a queue uses a docstring, which an optimized program does not have."""

    class Queue(queues.Queue):
        """A queue."""

        def __init__(self, maxsize=0, *, ctx):
            super().__init__(maxsize, ctx=ctx)
            self._name = self.__doc__.strip()


@fault(breaks={"surroundings.dev-mode": "ResourceWarning"})
class LeavesAFileOpen:
    """Making a queue opens a file and does not close it."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(maxsize, ctx=ctx)
            open(os.devnull)  # noqa: SIM115


@fault(
    breaks={"surroundings.subinterpreter": "get() returned 'item'"},
    collateral=EVERYTHING,
    start_methods=("fork",),
    pretends={"python": (3, 14, 0)},
)
class PutsWithoutAThread:
    """put() itself writes the item, so it works where no thread can be started."""

    class Queue(queues.Queue):
        def put(self, obj, block=True, timeout=None):
            if not self._sem.acquire(block, timeout):
                raise thread_queue.Full
            write_now(self, obj)


@fault(
    breaks={"surroundings.simple-queue-in-subinterpreter": "should have printed 'the item is back'"},
    start_methods=("spawn",),
    pretends={"python": (3, 14, 0)},
)
class SimpleQueueHasAThread:
    """put() of a SimpleQueue starts a daemon thread and waits for it."""

    class SimpleQueue(queues.SimpleQueue):
        def put(self, obj):
            thread = threading.Thread(target=super().put, args=(obj,), daemon=True)
            thread.start()
            thread.join()
