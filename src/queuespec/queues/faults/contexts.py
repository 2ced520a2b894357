"""Queues that are wrong about contexts and start methods."""

import multiprocessing
import os
import queue as thread_queue
import sys
import tempfile
import types
import warnings
from multiprocessing import queues, resource_tracker

from queuespec.queues.declare import EVERYTHING, fault
from queuespec.queues.parts import changed


@fault(
    breaks={"ctx.methods-posix": "sorted_start_methods() should have returned ['fork', 'forkserver', 'spawn']"},
    start_methods=("fork",),
)
class LacksSpawn:
    """On POSIX, spawn is not among the start methods."""

    @staticmethod
    def module(real):
        methods = [method for method in real.get_all_start_methods() if method != "spawn"]
        return changed(real, get_all_start_methods=lambda: methods)


@fault(
    conforms=("ctx.methods-windows", "ctx.default-windows", "ctx.default-first", "ctx.get-context-absent"),
    start_methods=("spawn",),
    pretends={"system": "Windows"},
)
class LikeWindows:
    """As on Windows, spawn is the only start method."""

    @staticmethod
    def module(real):
        def get_context(method=None):
            if method not in (None, "spawn"):
                raise ValueError(f"there is no start method {method!r}")
            return real.get_context("spawn")

        return changed(
            real,
            get_all_start_methods=lambda: ["spawn"],
            get_start_method=lambda allow_none=False: "spawn",
            get_context=get_context,
        )


@fault(
    breaks={
        "ctx.methods-windows": "get_all_start_methods() should have returned ['spawn']",
        "ctx.default-windows": "get_start_method() should have returned 'spawn', but it returned 'fork'",
        "ctx.get-context-absent": "get_context('fork') should have raised ValueError",
    },
    start_methods=("spawn",),
    pretends={"system": "Windows"},
)
class WindowsHasFork:
    """On Windows, fork is a start method, and the default."""

    @staticmethod
    def module(real):
        return changed(
            real,
            get_all_start_methods=lambda: ["fork", "spawn"],
            get_start_method=lambda allow_none=False: "fork",
            get_context=lambda method=None: real.get_context("spawn"),
        )


@fault(breaks={"ctx.default-first": "get_start_method() should have returned"}, start_methods=("fork",))
class DefaultListedLast:
    """get_all_start_methods() lists the default last, not first."""

    @staticmethod
    def module(real):
        default, *others = real.get_all_start_methods()
        return changed(real, get_all_start_methods=lambda: [*others, default])


@fault(
    conforms=("ctx.default-linux", "ctx.default-first", "ctx.default-without-tempdir"),
    start_methods=("forkserver",),
    pretends={"system": "Linux", "python": (3, 14, 9)},
)
class LikePython3_14:
    """As since Python 3.14.9, the default is forkserver, or spawn without a temporary directory."""

    @staticmethod
    def module(real):
        def get_start_method(allow_none=False):
            try:
                tempfile.gettempdir()
            except FileNotFoundError:
                return "spawn"
            return "forkserver"

        return changed(
            real, get_all_start_methods=lambda: ["forkserver", "fork", "spawn"], get_start_method=get_start_method
        )


@fault(
    breaks={"ctx.default-linux": "get_start_method() should have returned 'forkserver', but it returned 'fork'"},
    start_methods=("fork",),
    pretends={"system": "Linux", "python": (3, 14, 0)},
)
class Python3_14Forks:
    """Python 3.14 still uses fork by default."""

    @staticmethod
    def module(real):
        return changed(real, get_start_method=lambda allow_none=False: "fork")


@fault(
    conforms=("ctx.default-macos", "ctx.default-first", "ctx.methods-posix", "ctor.unlimited-has-ceiling"),
    start_methods=("fork",),
    pretends={"system": "Darwin"},
)
class LikeMacos:
    """As on macOS, spawn is the default and no queue holds more than 32,767 items."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(maxsize if maxsize > 0 else 32767, ctx=ctx)

    class JoinableQueue(Queue, queues.JoinableQueue):
        pass

    @staticmethod
    def module(real):
        return changed(
            real,
            get_all_start_methods=lambda: sorted(real.get_all_start_methods(), key=lambda name: name != "spawn"),
            get_start_method=lambda allow_none=False: "spawn",
        )


@fault(
    breaks={
        "ctx.default-macos": "get_start_method() should have returned 'spawn', but it returned 'fork'",
        "ctor.unlimited-has-ceiling": "should have returned 32767, but it returned 32768",
    },
    start_methods=("fork",),
    not_on=("darwin",),
    pretends={"system": "Darwin"},
)
class MacosAsLinux:
    """On macOS, fork is the default, and an unlimited queue holds more than a semaphore there can count."""

    @staticmethod
    def module(real):
        return changed(real, get_start_method=lambda allow_none=False: "fork")


@fault(
    breaks={"ctx.default-without-tempdir": "should have returned 'spawn', but it returned 'forkserver'"},
    start_methods=("fork",),
    pretends={"system": "Linux", "python": (3, 15, 1)},
)
class ForkserverWithoutTempdir:
    """The default is forkserver even without a directory for temporary files."""

    @staticmethod
    def module(real):
        return changed(real, get_start_method=lambda allow_none=False: "forkserver")


@fault(breaks={"ctx.get-context-unavailable": "get_context('teleport') should have raised ValueError"})
class AnyStartMethodWillDo:
    """get_context() returns the default context for an unknown start method."""

    @staticmethod
    def module(real):
        def get_context(method=None):
            return real.get_context(method if method in real.get_all_start_methods() else None)

        return changed(real, get_context=get_context)


@fault(breaks={"ctx.same-api": "should have returned [], but it returned ['JoinableQueue']"}, collateral=EVERYTHING)
class ContextLacksJoinableQueue:
    """A context has no JoinableQueue, although the module has one."""

    @staticmethod
    def context(real):
        made = changed(real)
        del made.JoinableQueue
        return made


@fault(
    breaks={"ctx.side-by-side": "but it raised", "ctx.mix-spawn-into-others": "but it raised"},
    collateral=EVERYTHING,
    start_methods=("fork", "spawn"),
    not_on=("win32",),
)
class OneContextForAllQueues:
    """Every queue has the locks of fork, whatever context it was created from."""

    @staticmethod
    def Queue(maxsize=0, *, ctx):
        has_fork = hasattr(multiprocessing.context, "ForkContext")
        return multiprocessing.get_context("fork" if has_fork else "spawn").Queue()


@fault(
    breaks={
        "ctx.set-once": "set_start_method('spawn') should have raised RuntimeError",
        "ctx.queue-fixes-method-at-once": "set_start_method('spawn') should have raised RuntimeError",
    }
)
class StartMethodSetAgain:
    """The global start method can be set more than once without force."""

    @staticmethod
    def module(real):
        return changed(real, set_start_method=lambda method, force=False: real.set_start_method(method, force=True))


@fault(
    breaks={
        "ctx.set-once-forced": "should have returned, but it raised RuntimeError",
        "ctx.set-once-reset": "should have returned, but it raised RuntimeError",
    }
)
class ForceHasNoForce:
    """set_start_method() ignores force, so the start method cannot be changed again."""

    @staticmethod
    def module(real):
        return changed(real, set_start_method=lambda method, force=False: real.set_start_method(method))


@fault(
    breaks={
        "ctx.queue-fixes-method": "get_start_method(allow_none=True) should have returned",
        "ctx.explicit-does-not-fix": "get_start_method(allow_none=True) should have returned None",
    },
    start_methods=("fork",),
)
class QueueSetsStartMethod:
    """Creating a queue changes the global start method."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            multiprocessing.set_start_method(multiprocessing.get_all_start_methods()[-1], force=True)
            super().__init__(maxsize, ctx=ctx)


@fault(
    breaks={"ctx.mix-fork-into-spawn-raises": "but it returned 'the item arrived'"},
    conforms=("ctx.mix-fork-into-spawn",),
    start_methods=("forkserver",),
    pretends={"python": (3, 12, 0)},
)
class ForkQueueTravels:
    """A queue of the fork context works in processes of any start method."""

    @staticmethod
    def Queue(maxsize=0, *, ctx):
        return multiprocessing.get_context("spawn").Queue(maxsize)


class Void(queues.Queue):
    """Arrives in a process of another start method as a queue that leads nowhere."""

    def __reduce__(self):
        return multiprocessing.Queue, ()


@fault(
    breaks={
        "ctx.mix-fork-into-spawn": "but it returned 'the process ended well'",
        "ctx.mix-fork-into-spawn-raises": "but it returned 'the process ended well'",
    },
    start_methods=("forkserver",),
    pretends={"python": (3, 12, 0)},
)
class ForkQueueIsLost:
    """A queue of the fork context arrives in processes of other start methods, and leads nowhere."""

    @staticmethod
    def Queue(maxsize=0, *, ctx):
        return (Void if ctx.get_start_method() == "fork" else queues.Queue)(maxsize, ctx=ctx)


@fault(
    breaks={
        "ctx.importable-main": "unguarded should have failed, but it ended with exit code 0: from the child",
        "ctx.importable-target": "start_a_nameless_function() should have raised Exception",
        "hazard.end-while-child-starts": "FileNotFoundError",
        "share.global-not-shared": "should have printed 'the child ended with 0; in the queue: nothing",
        "surroundings.main-from-stdin": "should have printed 'FileNotFoundError', but it ended with exit code 0",
        "surroundings.main-removed": "should have printed 'FileNotFoundError', but it ended with exit code 0",
        "surroundings.main-without-module": "should have printed 'the child ended with exit code'",
        "surroundings.no-temporary-files-forkserver": "should have printed 'FileNotFoundError'",
    },
    collateral=EVERYTHING,
    start_methods=("forkserver",),
)
class ForksWhateverIsAsked:
    """Every process is forked, whatever its start method is."""

    @staticmethod
    def context(real):
        return changed(real, Process=multiprocessing.get_context("fork").Process)


@fault(
    breaks={
        "ctx.importable-main-fork": "unguarded should have printed 'from the child",
        "share.global-fork": "should have printed 'the child ended with 0; in the queue: from the child",
    },
    collateral=EVERYTHING,
    start_methods=("fork",),
)
class SpawnsWhateverIsAsked:
    """Every process is spawned, whatever its start method is."""

    @staticmethod
    def context(real):
        return changed(real, Process=multiprocessing.get_context("spawn").Process)


@fault(
    breaks={"ctx.fork-with-threads-warns": "something with 'DeprecationWarning' in it, but it returned []"},
    start_methods=("fork",),
    pretends={"python": (3, 12, 0)},
)
class ForkWarnsOfNothing:
    """Starting a process by fork beside other threads gives no warning."""

    @staticmethod
    def process(context, **kwargs):
        made = context.Process(**kwargs)

        def start(start=made.start):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                start()

        made.start = start
        return made


@fault(breaks={"ctx.resource-tracker": "leaked"}, start_methods=("forkserver",))
class LeaksASemaphore:
    """Each queue leaves a semaphore behind, which the resource tracker reports at exit."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(maxsize, ctx=ctx)
            resource_tracker.register(f"/queuespec-{os.getpid()}", "semaphore")


@fault(breaks={"ctx.no-sem-import-error": "should have raised ImportError, but it returned None"})
class NoSemaphoresNoLocks:
    """Without semaphores, a queue without locks is created instead of an error."""

    @staticmethod
    def Queue(maxsize=0, *, ctx):
        try:
            return ctx.Queue(maxsize)
        except ImportError:
            return thread_queue.Queue(maxsize)


@fault(breaks={"ctx.dummy-replica": "should have returned something true, but it returned False"})
class DummyIsNotForThreads:
    """The queues of multiprocessing.dummy are lists."""

    @staticmethod
    def module(real):
        dummy = types.ModuleType("multiprocessing.dummy")
        vars(dummy).update(Queue=list, JoinableQueue=list)
        sys.modules["multiprocessing.dummy"] = dummy
        return real
