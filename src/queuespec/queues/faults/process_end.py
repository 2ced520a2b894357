"""Queues that are wrong about the end of a process."""

import atexit
import multiprocessing
import os
import pickle
import sys
import threading
from multiprocessing import process as processes
from multiprocessing import queues, util
from multiprocessing.reduction import ForkingPickler

from queuespec.queues.declare import EVERYTHING, fault
from queuespec.queues.parts import Dropping, changed, write_now


@fault(
    breaks={
        "exit.child-flushes": "the process of child should have gone on, but it ended with exit code 0",
        "exit.flush-on-sys-exit": "the process of child should have gone on, but it ended with exit code 3",
        "exit.flush-on-exception": "the process of child should have gone on, but it ended with exit code 1",
        "exit.flush-on-interrupt": "exit_code() should have returned None, but it returned 1",
        "exit.child-waits-for-reader": "get_size() was still running after",
        "exit.creator-also-waits": "pickled before the end",
        "jt.after-close-waits": "join_thread() did not block",
        "hazard.join-before-drain": "did not block: it returned None",
    }
)
class FlushIsOptional:
    """Neither join_thread() nor a process that ends waits for the flush, as if it had been canceled."""

    class Queue(queues.Queue):
        def _reset(self, after_fork=False):
            super()._reset(after_fork)
            self._joincancelled = True


@fault(
    breaks={
        "exit.flush-on-sys-exit": "the process of child should have gone on, but it ended with exit code 3",
        "exit.flush-on-exception": "the process of child should have gone on, but it ended with exit code 1",
        "exit.flush-on-sigterm-handler": "should have printed 'its end waits', but it ended with exit code 0",
        "exit.grandchild-flushes": "should have printed 'its end waits', but it ended with exit code 0",
    },
    start_methods=("fork",),
)
class FlushOnlyOnReturn:
    """A process flushes if its target returns, but not if it ends with an exception."""

    @staticmethod
    def process(context, *, target, **kwargs):
        def careless(*args):
            try:
                target(*args)
            except SystemExit as error:
                os._exit(error.code)
            except Exception:
                os._exit(1)

        return context.Process(target=careless, **kwargs)


@fault(
    breaks={
        "exit.no-flush-on-os-exit": "lost: 'item 00'",
        "exit.small-join-before-get-ok": "should have returned, but it raised Empty",
    },
    collateral=EVERYTHING,
)
class FirstItemIsLost:
    """The first item that a process puts never arrives."""

    class Queue(queues.Queue):
        def put(self, obj, block=True, timeout=None):
            if self._thread is None:
                self._start_thread()
            else:
                super().put(obj, block, timeout)


@fault(
    breaks={
        "exit.join-after-drain-ok": "the process of child had not ended",
        "exit.small-join-before-get-ok": "the process of child had not ended",
    },
    collateral=("exit.child-flushes",),
)
class ProcessNeverEnds:
    """A process that has put an item never ends."""

    class Queue(queues.Queue):
        def put(self, obj, block=True, timeout=None):
            util.Finalize(None, threading.Event().wait, exitpriority=-10)
            super().put(obj, block, timeout)


@fault(
    breaks={
        "exit.put-in-exit-hook": "was still running after",
        "exit.first-put-in-exit-hook": "was still running after",
        "exit.thread-outlives-main": "should have printed 'pickled before the end', but it ended with exit code 0",
        "exit.first-put-outlives-main": "should have printed 'pickled before the end', but it ended with exit code 0",
    }
)
class ExitHooksPutNothing:
    """What is put after the main thread has ended is dropped."""

    class Queue(Dropping):
        def accepts(self, item):
            return threading.main_thread().is_alive()


@fault(
    breaks={
        "exit.put-in-exit-hook-of-child": "should have returned ['early', 'last'], but it returned ['early']",
        "exit.first-put-in-exit-hook-of-child": "should have returned ['last'], but it returned []",
        "exit.thread-outlives-target": "the process of child should have gone on, but it ended with exit code 0",
    },
    start_methods=("fork",),
    pretends={"python": (3, 13, 0)},
)
class ChildrenRunNoExitHooks:
    """Children flush before their threads have ended, and run no atexit functions, even in Python 3.13."""

    @staticmethod
    def process(context, *, target, **kwargs):
        def hasty(*args):
            target(*args)
            util._exit_function()
            os._exit(0)

        return context.Process(target=hasty, **kwargs)


registered_hooks: list = []


@fault(
    breaks={"exit.hooks-of-parent": "should have printed nothing but 'the exit hook has run"}, start_methods=("fork",)
)
class ChildrenRunTheirParentsHooks:
    """A forked child runs the atexit functions of its parent too."""

    @staticmethod
    def module(real):
        register = atexit.register

        def register_and_remember(hook, *args, **kwargs):
            registered_hooks.append((hook, args, kwargs))
            return register(hook, *args, **kwargs)

        vars(atexit).update(register=register_and_remember)
        return real

    @staticmethod
    def process(context, *, target, **kwargs):
        def with_hooks(*args):
            target(*args)
            for hook, words, named in registered_hooks:
                hook(*words, **named)

        return context.Process(target=with_hooks, **kwargs)


@fault(
    breaks={"exit.bad-item-last": "died with exit code 70"}, collateral=("jt.after-close-waits", "exit.child-flushes")
)
class BadItemEndsTheProcess:
    """Putting an item that cannot be pickled ends the process."""

    class Queue(queues.Queue):
        def put(self, obj, block=True, timeout=None):
            try:
                pickle.dumps(obj)
            except Exception:
                os._exit(70)
            super().put(obj, block, timeout)


@fault(
    breaks={
        "exit.waits-for-children": "waited for the child",
        "exit.child-waits-for-children": "should have printed 'its end waits', but it ended with exit code 0",
    },
    start_methods=("fork",),
)
class ChildrenAreLeftBehind:
    """A process ends without waiting for its children."""

    @staticmethod
    def process(context, **kwargs):
        child = context.Process(**kwargs)
        start = child.start

        def start_and_forget():
            start()
            processes._children.discard(child)

        child.start = start_and_forget
        return child


@fault(
    breaks={"exit.item-of-ended-main": "ends_at_once('Queue') had not printed"},
    collateral=EVERYTHING,
    start_methods=("fork",),
)
class ParentsPutNothing:
    """What a process puts while it has children is dropped."""

    class Queue(Dropping):
        def accepts(self, item):
            return not multiprocessing.active_children()


@fault(
    breaks={"hazard.first-put-in-exit-hook": "should have printed 'RuntimeError'"},
    pretends={"python": (3, 12, 0)},
)
class PutsAtExitInPython3_12:
    """At exit, put() writes its item to the pipe itself, even in Python 3.12."""

    class Queue(queues.Queue):
        def put(self, obj, block=True, timeout=None):
            if threading.main_thread().is_alive():
                super().put(obj, block, timeout)
            else:
                write_now(self, obj)


@fault(
    breaks={"deliver.child-to-child": " on another system"},
    collateral=EVERYTHING,
    start_methods=("fork",),
)
class ChildrenRunAnotherPython:
    """Children are started with another interpreter than their parent's."""

    @staticmethod
    def process(context, **kwargs):
        child = context.Process(**kwargs)
        run = child.run

        def run_elsewhere():
            sys.platform = "another system"
            run()

        child.run = run_elsewhere
        return child


@fault(
    breaks={
        "exit.parent-joins-children": "the end waits for a reader",
        "hazard.failed-main-waits": "should have printed 'the exit waits for the child', but it ended",
    }
)
class ChildrenAreDaemons:
    """Every child is daemonic, so it is terminated when the main program ends."""

    @staticmethod
    def process(context, **kwargs):
        return context.Process(**{**kwargs, "daemon": True})


@fault(breaks={"exit.interrupt-blocked-reader": "get() was still running after"}, not_on=("win32",))
class InterruptedGetKeepsItsLock:
    """A get() that is interrupted never releases the readers' lock."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            if not block or timeout is not None:
                return super().get(block, timeout)
            self._rlock.acquire()
            data = self._recv_bytes()
            self._rlock.release()
            self._sem.release()
            return ForkingPickler.loads(data)


@fault(
    breaks={"exit.join-with-timeout": "join(0.1) should have returned None, but it returned False"},
    start_methods=("fork",),
)
class ProcessJoinTellsTheEnd:
    """Process.join() returns whether the process has ended, not None."""

    @staticmethod
    def context(real):
        class Process(real.Process):
            def join(self, timeout=None):
                super().join(timeout)
                return self.exitcode is not None

        return changed(real, Process=Process)
