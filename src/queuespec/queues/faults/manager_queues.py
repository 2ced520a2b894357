"""Queues that are wrong about queues of a manager."""

import queue as thread_queue
import threading
from multiprocessing import managers
from multiprocessing.reduction import ForkingPickler

from queuespec.queues.declare import fault


class ThreadQueues:
    """Stands in for a manager: its queues are thread queues of the calling process."""

    def Queue(self, maxsize=0):
        return thread_queue.Queue(maxsize)

    JoinableQueue = Queue


@fault(
    breaks={
        "manager.queue": "put_nowait('b') should have raised Full, but it returned None",
        "manager.qsize-everywhere": "qsize() should have returned 2, but it returned 1",
        "manager.visible-at-once": "get_nowait() should have returned, but it raised Empty",
        "manager.server-unpickles": "was still running after",
    },
    collateral=("get.blocks-when-empty", "item.none-falsy", "deliver.child-to-child"),
    start_methods=("fork",),
)
class ManagerQueueForEachProcess:
    """A manager hands out thread queues, of which each process has its own copy."""

    @staticmethod
    def manager(context):
        return ThreadQueues()


@fault(
    breaks={
        "manager.has-join-task-done": "join() did not block: it returned None",
        "manager.joinable-queue": "join() did not block: it returned None",
    }
)
class ManagerQueueJoinDoesNotWait:
    """join() of a manager's queue returns although there are unfinished tasks."""

    class Served(thread_queue.Queue):
        def join(self):
            pass


class OwnQueues:
    """Stands in for a manager: its queues are joinable queues of the context."""

    def __init__(self, context):
        self.context = context

    def Queue(self, maxsize=0):
        return self.context.JoinableQueue(maxsize)

    JoinableQueue = Queue


@fault(
    breaks={
        "manager.no-close-methods": "close() should have raised AttributeError, but it returned None",
        "manager.put-keyword": "put(item='a') should have returned, but it raised TypeError",
        "manager.negative-timeout": "should have raised ValueError, but it raised Empty",
        "item.unpicklable-manager": "should have raised Exception, but it returned None",
        "manager.join-before-drain-ok": "had not ended",
        "manager.any-context": "put_from_a_spawned_process(",
        "manager.picklable-proxy": "was still running after",
        "manager.repr-str": "text() should have returned something other than",
        "manager.shutdown": "shutdown() should have returned, but it raised AttributeError",
    },
    start_methods=("fork",),
    pretends={"python": (3, 13, 0)},
)
class ManagerQueueIsNoProxy:
    """A manager hands out the context's own queues, with their pipe and feeder thread."""

    @staticmethod
    def manager(context):
        return OwnQueues(context)


@fault(
    breaks={"manager.qsize-everywhere": "qsize() should have returned, but it raised NotImplementedError"},
    pretends={"system": "Darwin", "counted": False},
)
class ManagerQueueHasNoQsize:
    """qsize() of a manager's queue raises NotImplementedError on macOS."""

    class Served(thread_queue.Queue):
        def qsize(self):
            raise NotImplementedError


@fault(
    breaks={
        "manager.global-order": "get_many(3) should have returned ['first', 'second', 'third']",
        "order.fifo-in-process": "should have returned 'a', but it returned 'b'",
    },
    collateral=("item.none-falsy",),
)
class ManagerQueueIsAStack:
    """A manager's queue returns the last item first."""

    Served = thread_queue.LifoQueue


@fault(
    breaks={
        "manager.survives-producer": "get_nowait() should have returned, but it raised Empty",
        "manager.visible-at-once": "get_nowait() should have returned, but it raised Empty",
    },
    collateral=("get.blocks-when-empty", "order.fifo-in-process", "item.none-falsy", "deliver.child-to-child"),
)
class ManagerQueueBuffersInTheClient:
    """put() on a manager's queue returns before the item has been sent to the manager."""

    Served = thread_queue.Queue

    class Proxy(managers.BaseProxy):
        _exposed_ = ("get_nowait", "put")

        def get_nowait(self):
            return self._callmethod("get_nowait")

        def put(self, item):
            late = threading.Timer(1.0, self._callmethod, ("put", (item,)))
            late.daemon = True
            late.start()


@fault(breaks={"manager.exceptions-cross": "get_nowait() should have raised Empty, but it raised RuntimeError"})
class ManagerWrapsExceptions:
    """Exceptions of a manager's queue arrive as RuntimeError."""

    class Served(thread_queue.Queue):
        def get(self, block=True, timeout=None):
            try:
                return super().get(block, timeout)
            except thread_queue.Empty as error:
                raise RuntimeError("Empty") from error


@fault(breaks={"manager.timeouts": "get(timeout=0.2) should have waited 0.2 s"})
class ManagerQueueIgnoresTimeouts:
    """get() of a manager's queue gives up immediately when it is given a timeout."""

    class Served(thread_queue.Queue):
        def get(self, block=True, timeout=None):
            return super().get(block and timeout is None)


@fault(
    breaks={"manager.shutdown": "get() should have raised ShutDown, but it raised Empty"},
    collateral=("get.blocks-when-empty",),
    pretends={"python": (3, 13, 0)},
)
class ManagerQueueShutsDownAsEmpty:
    """get() of a manager's queue that was shut down raises Empty instead of ShutDown."""

    class Served(thread_queue.Queue):
        def shutdown(self, immediate=False):
            pass

        def get(self, block=True, timeout=None):
            return super().get(False)


@fault(
    breaks={
        "manager.shutdown-put": "put('a') should have raised ShutDown, but it returned None",
        "manager.shutdown-wakes": "get() was still running after",
        "manager.shutdown-immediate": "get() should have raised ShutDown, but it returned 'a'",
    },
    pretends={"python": (3, 13, 0)},
)
class ManagerQueueShutdownIsLenient:
    """shutdown() of a manager's queue wakes nobody, and the queue still accepts and returns items."""

    class Served(thread_queue.Queue):
        def shutdown(self, immediate=False):
            pass


class SilentConnection:
    """A connection of a manager that answers with what can be pickled, or else never."""

    def __init__(self, connection):
        self.recv = connection.recv
        self.close = connection.close
        self.answer = connection.send

    def send(self, message):
        try:
            ForkingPickler.dumps(message)
        except Exception:
            threading.Event().wait()
        self.answer(message)


class SilentServer(managers.Server):
    """A manager's server that answers through a `SilentConnection`."""

    def serve_client(self, conn):
        super().serve_client(SilentConnection(conn))


class SilentManager(managers.SyncManager):
    """A manager that runs a `SilentServer`."""

    _Server = SilentServer


@fault(breaks={"manager.unsendable-item": "get_or_be_told() was still running after"})
class ManagerKeepsSilentAboutErrors:
    """If a manager cannot send an item, it never answers, and the client waits forever."""

    @staticmethod
    def manager(context):
        started = SilentManager(ctx=context)
        started.start()
        return started


@fault(
    breaks={"manager.no-value-equality": "should have returned something false, but it returned True"},
    collateral=("get.blocks-when-empty", "order.fifo-in-process", "item.none-falsy", "deliver.child-to-child"),
)
class ManagerQueuesAreAllEqual:
    """Proxies of any two queues are equal."""

    Served = thread_queue.Queue

    class Proxy(managers.BaseProxy):
        def __eq__(self, other):
            return type(other) is type(self)

        __hash__ = managers.BaseProxy.__hash__
