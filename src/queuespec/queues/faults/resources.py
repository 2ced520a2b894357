"""Queues that are wrong about file descriptors, threads, semaphores and processor time."""

import functools
import importlib
import os
import random
import select
import signal
import subprocess
import sys
import threading
import weakref
from multiprocessing import queues, util
from multiprocessing.process import current_process, parent_process

from queuespec.queues.declare import fault
from queuespec.queues.parts import Receiving


class LeaksADescriptor:
    """Opens a file descriptor for each queue and never closes it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        os.open(os.devnull, os.O_RDONLY)


@fault(breaks={"resources.descriptors": "20 descriptors remain of 20 queues"})
class DescriptorsLeak:
    """Every queue leaks one file descriptor."""

    class Queue(LeaksADescriptor, queues.Queue):
        pass

    class SimpleQueue(LeaksADescriptor, queues.SimpleQueue):
        pass


class KeptOpen:
    """A connection for writing whose close() does nothing."""

    def __init__(self, connection):
        self.send_bytes = connection.send_bytes

    def close(self):
        pass


@fault(breaks={"resources.descriptors-of-closed": "descriptors remain of 20 queues"}, not_on=("darwin", "win32"))
class ClosedQueuesKeepTheirFiles:
    """A closed queue keeps its file descriptors open until it is garbage collected."""

    class Queue(queues.Queue):
        def _start_thread(self):
            real = self._writer
            self._writer = KeptOpen(real)
            try:
                super()._start_thread()
            finally:
                self._writer = real


class Restless(threading.Condition):
    """A condition whose wait() returns immediately."""

    def wait(self, timeout=None):
        return super().wait(0)


@fault(breaks={"resources.processor": "it works for"})
class TheFeederNeverRests:
    """The feeder thread polls for items in a busy loop instead of waiting to be notified."""

    class Queue(queues.Queue):
        def _reset(self, after_fork=False):
            super()._reset(after_fork)
            self._notempty = Restless(threading.Lock())


@fault(breaks={"resources.semaphore-names": "semaphores remain"}, start_methods=("fork",), not_on=("darwin",))
class SemaphoresKeepTheirNames:
    """A semaphore stays in the system after its program has ended."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(maxsize, ctx=ctx)
            semaphore = importlib.import_module("_multiprocessing").SemLock
            name = f"{current_process()._config['semprefix']}-fault"
            try:
                self._kept = semaphore(1, 1, 1, name, False)
            except FileExistsError:
                self._kept = semaphore._rebuild(0, 1, 1, name)


@fault(breaks={"resources.signal-mask": "signal mask: gone: ['SIGINT', 'SIGTERM']"}, not_on=("win32",))
class LetsSignalsThrough:
    """Making a queue unblocks all signals."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(maxsize, ctx=ctx)
            signal.pthread_sigmask(signal.SIG_SETMASK, [])


@fault(breaks={"resources.as-it-was": "inheritable file descriptors: gone: [], new: ["}, not_on=("win32",))
class DescriptorsAreInheritable:
    """Other programs inherit the pipe of a queue."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(maxsize, ctx=ctx)
            os.set_inheritable(self._reader.fileno(), True)


@fault(breaks={"resources.as-it-was": "state of the module random: changed"})
class DrawsFromTheModuleRandom:
    """put() takes a random number from the generator that all users of the module `random` share."""

    class Queue(queues.Queue):
        def put(self, obj, block=True, timeout=None):
            random.random()
            super().put(obj, block, timeout)


def poll_by_select(reader, timeout=0.0):
    """Returns whether the connection becomes readable within `timeout` seconds, as select() sees it."""
    return bool(select.select([reader], [], [], max(0.0, timeout))[0])


@fault(breaks={"resources.many-files": "filedescriptor out of range in select()"}, start_methods=("fork",))
class LooksBySelect:
    """get() and empty() use select(), which fails for file descriptors above 1023."""

    class Queue(queues.Queue):
        def _reset(self, after_fork=False):
            super()._reset(after_fork)
            self._poll = functools.partial(poll_by_select, self._reader)


@fault(
    breaks={"resources.descriptors-of-unused": "close() closed the file descriptors of the queues"},
    not_on=("darwin", "win32"),
)
class UnusedQueuesCloseTheirFiles:
    """close() releases the file descriptors of a queue that has no feeder thread."""

    class Queue(queues.Queue):
        def close(self):
            super().close()
            if self._thread is None:
                self._reader.close()
                self._writer.close()


@fault(breaks={"resources.received-items": "get_and_watch(2.0) should have returned 'let go'"})
class KeepsTheLastReceivedItem:
    """A process keeps a reference to the item that it got last."""

    class Queue(Receiving):
        def received(self, item):
            self._last = item
            return item


@fault(
    breaks={"resources.semaphores-of-killed": "no semaphore of the killed process was left"},
    start_methods=("spawn",),
    not_on=("darwin", "win32"),
)
class SemaphoresHaveNoNames:
    """A queue that a child creates removes the names of its semaphores, and can be passed to no other process."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(maxsize, ctx=ctx)
            if parent_process() is not None:
                for lock in (self._rlock, self._wlock, self._sem):
                    lock._cleanup(lock._semlock.name)


@fault(
    breaks={"resources.global-of-main": "leaked semaphore"},
    start_methods=("spawn",),
    not_on=("win32",),
)
class ChildrenForgetWhatTheyImport:
    """A queue that is created while a child imports the main module is not released at the end of the child."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(maxsize, ctx=ctx)
            if getattr(current_process(), "_inheriting", False):
                util._finalizer_registry.clear()


@functools.cache
def helper(process_id):
    """A process that the queues of this process need; it answers each line, and ends when this process does."""
    answering = [sys.executable, "-S", "-c", 'import sys\nfor line in sys.stdin: print(line, end="", flush=True)']
    pipe = subprocess.PIPE
    return subprocess.Popen(answering, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, bufsize=0)


@fault(breaks={"resources.after-ctrl-c": "BrokenPipeError"}, not_on=("win32",))
class CtrlCEndsTheHelper:
    """Creating a queue needs a helper process, which Ctrl-C ends and nothing starts again."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(maxsize, ctx=ctx)
            here = helper(os.getpid())
            here.stdin.write(b"are you there?\n")
            if not here.stdout.readline():
                raise BrokenPipeError("the helper process is gone")


@functools.cache
def first_tracker(process_id):
    """A file descriptor of the resource tracker that this process had first."""
    return os.dup(importlib.import_module("multiprocessing.resource_tracker").getfd())


@fault(
    breaks={"resources.killed-tracker": "should have printed 'before and after: a new queue', but it ended"},
    start_methods=("spawn",),
    not_on=("darwin", "win32"),
)
class KilledTrackerIsNotReplaced:
    """Creating a queue sends a message to the first resource tracker, even after that was killed."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(maxsize, ctx=ctx)
            os.write(first_tracker(os.getpid()), b"PROBE:0:noop\n")


def forget_semaphores(queue):
    """Has the resource tracker forget the semaphores of a queue."""
    tracking = importlib.import_module("multiprocessing.resource_tracker")
    for lock in (queue._rlock, queue._wlock, queue._sem):
        tracking.unregister(lock._semlock.name, "semaphore")


@fault(
    breaks={"resources.semaphore-names-of-killed": "semaphores remain"},
    start_methods=("spawn",),
    not_on=("darwin", "win32"),
)
class TheTrackerForgets:
    """The resource tracker does not remove the semaphores of a queue."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(maxsize, ctx=ctx)
            forget_semaphores(self)


@functools.cache
def first_tracker_id(process_id):
    """The process id of the resource tracker that this process had first."""
    tracking = importlib.import_module("multiprocessing.resource_tracker")
    return tracking._resource_tracker._pid


@fault(
    breaks={"resources.new-tracker-cleans-up": "semaphores remain"},
    start_methods=("spawn",),
    not_on=("darwin", "win32"),
)
class TheNewTrackerForgets:
    """A resource tracker that was started in place of another one does not remove the semaphores of a queue."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(maxsize, ctx=ctx)
            tracking = importlib.import_module("multiprocessing.resource_tracker")
            if first_tracker_id(os.getpid()) != tracking._resource_tracker._pid:
                forget_semaphores(self)


@fault(
    breaks={"resources.new-tracker-complains": "should have printed 'KeyError', but it ended with exit code 0"},
    start_methods=("spawn",),
    not_on=("darwin", "win32"),
)
class NewTrackerHearsNothingOld:
    """Only the resource tracker that knows about a semaphore hears of its end."""

    @staticmethod
    def module(real):
        tracking = importlib.import_module("multiprocessing.resource_tracker")
        tracker, known = tracking._resource_tracker, {}

        def register(name, rtype):
            tracker.register(name, rtype)
            known[name] = tracker._pid

        def unregister(name, rtype):
            if known.pop(name, None) == tracker._pid:
                tracker.unregister(name, rtype)

        tracking.register, tracking.unregister = register, unregister
        return real


@fault(
    breaks={"resources.killed-fork-server": "ConnectionRefusedError"},
    start_methods=("forkserver",),
    not_on=("darwin", "win32"),
)
class KilledForkServerIsNotReplaced:
    """The fork server is started once, even if it was killed."""

    @staticmethod
    def module(real):
        server = importlib.import_module("multiprocessing.forkserver")._forkserver
        ensure_running = server.ensure_running

        def ensure_that_it_was_started():
            if server._forkserver_pid is None:
                ensure_running()

        server.ensure_running = ensure_that_it_was_started
        return real


making = threading.Lock()


def wait_for_making():
    """Waits until no queue is being created."""
    with making:
        pass


@fault(
    breaks={"resources.collected-midway": "had not printed 'round "},
    not_on=("win32",),
    pretends={"python": (3, 13, 0)},
)
class CollectingWaitsForCreating:
    """The end of a queue waits until no other one is being created, even in the same thread."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            with making:
                super().__init__(maxsize, ctx=ctx)
            weakref.finalize(self, wait_for_making)


@fault(breaks={"resources.no-fork": "these handlers ran: ['before', 'after_in_parent']"}, not_on=("win32",))
class ForksToCreate:
    """Creating a queue forks the process for a moment."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(maxsize, ctx=ctx)
            process_id = os.fork()
            if process_id == 0:
                os._exit(0)
            os.waitpid(process_id, 0)
