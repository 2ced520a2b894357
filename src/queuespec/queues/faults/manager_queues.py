"""Queues that are wrong about queues of a manager."""

import queue as thread_queue
import signal
import threading
from multiprocessing import connection, managers
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
    pretends={"system": "Darwin"},
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


@fault(
    breaks={"manager.blocked-get-does-not-stall": "put('b') was still running after"},
    collateral=("get.blocks-when-empty",),
)
class ManagerServesOneAtATime:
    """A manager serves no other client while one of them waits."""

    class Served(thread_queue.Queue):
        turn = threading.Lock()

        def get(self, block=True, timeout=None):
            with self.turn:
                return super().get(block, timeout)

        def put(self, item, block=True, timeout=None):
            with self.turn:
                super().put(item, block, timeout)


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


@fault(breaks={"manager.nested": "put(queue) should have returned, but it raised TypeError"})
class ManagerQueueTakesNoProxies:
    """A manager's queue refuses proxies of the manager's own queues as items."""

    class Served(thread_queue.Queue):
        def put(self, item, block=True, timeout=None):
            if isinstance(item, managers.BaseProxy):
                raise TypeError("this is the proxy of a queue")
            super().put(item, block, timeout)


@fault(breaks={"manager.used-before": "was still running after"}, start_methods=("fork",))
class ChildrenTakePartInTheConversation:
    """A forked child shares its parent's connection to the manager, and mixes up the answers."""

    @staticmethod
    def manager(context):
        managers.util.ForkAwareLocal = threading.local
        return context.Manager()


def forget_the_manager(proxy):
    """Drops the proxy's reference to its manager."""
    proxy._manager = None


@fault(breaks={"manager.kept-by-child": "should have returned 0, but it returned 1"}, start_methods=("fork",))
class ChildrenDoNotCountAsUsers:
    """A manager does not count a forked child as a user of a queue."""

    @staticmethod
    def manager(context):
        managers.BaseProxy._after_fork = forget_the_manager
        return context.Manager()


@fault(breaks={"manager.other-proxy-dropped": "should have returned, but it raised OSError"})
class OneProxyLessEndsTheConversation:
    """Dropping one proxy closes the connection that the other proxies use."""

    @staticmethod
    def manager(context):
        decref = managers.BaseProxy._decref

        def drop(*details):
            decref(*details)
            connections = details[-3]
            if hasattr(connections, "connection"):
                connections.connection.close()

        managers.BaseProxy._decref = staticmethod(drop)
        return context.Manager()


@fault(breaks={"manager.ctrl-c": "get() "}, not_on=("win32",))
class CtrlCEndsTheManager:
    """Ctrl-C ends the manager, as it would end any program."""

    @staticmethod
    def manager(context):
        started = managers.SyncManager(ctx=context)
        started.start(signal.signal, (signal.SIGINT, signal.default_int_handler))
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


@fault(breaks={"manager.shutdown-idempotent": "shutdown() should have returned, but it raised ProcessLookupError"})
class ManagerRefusesASecondShutdown:
    """The second shutdown() of a manager raises, although there is nothing left to end."""

    @staticmethod
    def manager(context):
        started = context.Manager()
        end = started.shutdown

        def shutdown():
            if not end.still_active():
                raise ProcessLookupError("the manager has ended")
            end()

        started.shutdown = shutdown
        return started


@fault(breaks={"manager.lifetime-manager": "put_at_the_end('a') should have raised OSError, but it returned None"})
class ManagerNeverEnds:
    """shutdown() of a manager has no effect."""

    @staticmethod
    def manager(context):
        started = context.Manager()
        started.shutdown = lambda: None
        return started


class KeepingServer(managers.Server):
    """A manager's server that never drops an object."""

    def decref(self, c, ident):
        pass


class KeepingManager(managers.SyncManager):
    """A manager that runs a `KeepingServer`."""

    _Server = KeepingServer


@fault(breaks={"manager.lifetime-proxies": "should have raised Exception, but it returned None"})
class ManagerKeepsAbandonedQueues:
    """A manager keeps a queue to which no proxy refers."""

    @staticmethod
    def manager(context):
        started = KeepingManager(ctx=context)
        started.start()
        return started


@fault(breaks={"manager.remote-queue": "should have printed 'AuthenticationError', but it ended with exit code"})
class ManagerLetsEverybodyIn:
    """A manager accepts connections without the right key."""

    @staticmethod
    def context(real):
        connection.deliver_challenge = connection.answer_challenge = lambda channel, key: None
        return real
