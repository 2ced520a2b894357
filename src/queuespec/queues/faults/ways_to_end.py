"""Queues that are wrong about one of the ways in which a process can end."""

import multiprocessing
import os
import signal
import threading
from multiprocessing import queues, util

from queuespec.queues.declare import fault
from queuespec.queues.parts import Dropping


@fault(breaks={"exit.code-of-main": "should have ended with exit code 3, but it ended with exit code 0"})
class ProgramsThatPutSucceed:
    """A main program that has put an item ends with exit code 0."""

    class Queue(queues.Queue):
        def put(self, obj, block=True, timeout=None):
            if multiprocessing.parent_process() is None:
                util.Finalize(None, os._exit, args=(0,), exitpriority=-10)
            super().put(obj, block, timeout)


@fault(breaks={"exit.silent-if-empty": "should have printed nothing but ''"})
class ExitSaysThatItIsDone:
    """A main program prints a line when it has nothing left to send."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(maxsize, ctx=ctx)
            util.Finalize(None, print, args=("all items have been sent",), exitpriority=-10)


@fault(breaks={"exit.orphan-keeps-queue": "had not printed 'the queue contains item'"})
class OrphansPutNothing:
    """What a process puts after the end of its parent is dropped."""

    class Queue(Dropping):
        def accepts(self, item):
            parent = multiprocessing.parent_process()
            return parent is None or parent.is_alive()


@fault(breaks={"exit.interrupt-waiting-exit": "was still running after"}, not_on=("win32",))
class PutIgnoresCtrlC:
    """A process that puts an item in its main thread ignores Ctrl-C from then on."""

    class Queue(queues.Queue):
        def put(self, obj, block=True, timeout=None):
            if threading.current_thread() is threading.main_thread():
                signal.signal(signal.SIGINT, signal.SIG_IGN)
            super().put(obj, block, timeout)


def end_with_parent():
    """Ends this process as soon as its parent has ended."""
    multiprocessing.parent_process().join()
    os._exit(0)


@fault(breaks={"hazard.abrupt-end-of-main": "should have printed 'the orphan got Empty'"}, start_methods=("fork",))
class ProcessesEndWithTheirParent:
    """No process outlives its parent, however that ends."""

    @staticmethod
    def process(context, *, target, **kwargs):
        def watched(*args):
            threading.Thread(target=end_with_parent, daemon=True).start()
            target(*args)

        return context.Process(target=watched, **kwargs)


@fault(breaks={"manager.ends-with-main": "had not printed 'all of it has ended'"})
class ManagersOutliveTheirPrograms:
    """A manager is not shut down when its program exits."""

    @staticmethod
    def manager(context):
        started = context.Manager()
        started.shutdown.cancel()
        return started
