"""Managers that are wrong about their lifetime, their addresses and keys, and about proxies."""

import os
import queue as thread_queue
import signal
from multiprocessing import active_children, connection, current_process, managers, parent_process
from typing import Any

from queuespec.queues.declare import fault


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


@fault(
    breaks={
        "manager.lifetime-manager": "put('a') should have raised Exception, but it returned None",
        "manager.with-block": "put('a') should have raised Exception, but it returned None",
    }
)
class ManagerNeverEnds:
    """shutdown() of a manager has no effect."""

    @staticmethod
    def manager(context):
        started = context.Manager()
        started.shutdown = lambda: None
        return started


everything_started: list[Any] = []


@fault(breaks={"manager.collected": "but it returned 'the manager was there'"})
class ManagersAreNeverCollected:
    """A manager that was started runs until the end of the program."""

    @staticmethod
    def context(real):
        start = managers.BaseManager.start

        def start_and_keep(self, *args):
            everything_started.append(self)
            start(self, *args)

        managers.BaseManager.start = start_and_keep
        return real


def forget_the_manager(proxy):
    """Drops the proxy's reference to its manager."""
    proxy._manager = None


@fault(breaks={"manager.kept-by-queue": "put('a') should have returned, but it raised"})
class ProxiesKeepNoManager:
    """A queue does not keep its manager running, not even in the process that made both."""

    @staticmethod
    def context(real):
        begin = managers.BaseProxy.__init__

        def begin_and_forget(self, *args, **kwargs):
            begin(self, *args, **kwargs)
            forget_the_manager(self)

        managers.BaseProxy.__init__ = begin_and_forget
        return real


@fault(breaks={"manager.gone-before-children": "but it ended with exit code 0: the queue was there"})
class ManagersWaitForChildren:
    """A manager is shut down only after all children have ended."""

    @staticmethod
    def context(real):
        finalize = managers.BaseManager._finalize_manager

        def wait_and_finalize(process, *details):
            for child in active_children():
                if child.pid != process.pid:
                    child.join()
            finalize(process, *details)

        managers.BaseManager._finalize_manager = staticmethod(wait_and_finalize)
        return real


@fault(breaks={"manager.outlives-killed-main": "but it ended with exit code 0: the manager has gone"})
class ManagersEndWithTheirParent:
    """A manager ends when the process that has started it has ended, however that was."""

    @staticmethod
    def context(real):
        handle = managers.Server.handle_request

        def handle_while_there_is_a_parent(self, conn):
            if not parent_process().is_alive():
                os._exit(0)
            handle(self, conn)

        managers.Server.handle_request = handle_while_there_is_a_parent
        return real


@fault(breaks={"manager.ctrl-c": "get() "}, not_on=("win32",))
class CtrlCEndsTheManager:
    """Ctrl-C ends the manager, as it would end any program."""

    @staticmethod
    def manager(context):
        started = managers.SyncManager(ctx=context)
        started.start(signal.signal, (signal.SIGINT, signal.default_int_handler))
        return started


@fault(breaks={"manager.separate": "get() should have returned, but it raised"})
class OneManagerForAll:
    """A program has only one manager, however many it starts."""

    @staticmethod
    def manager(context):
        if not everything_started:
            everything_started.append(context.Manager())
        return everything_started[0]


@fault(
    breaks={
        "manager.nested": "put(queue) should have returned, but it raised TypeError",
        "manager.nested-elsewhere": "should have returned, but it raised TypeError",
    }
)
class ManagerQueueTakesNoProxies:
    """A manager's queue refuses proxies of queues as items."""

    class Served(thread_queue.Queue):
        def put(self, item, block=True, timeout=None):
            if isinstance(item, managers.BaseProxy):
                raise TypeError("this is the proxy of a queue")
            super().put(item, block, timeout)


class ForgettingServer(managers.Server):
    """A manager's server that keeps no object for the sake of other objects."""

    def incref(self, c, ident):
        if ident not in self.id_to_refcount:
            self.id_to_local_proxy_obj.pop(ident, None)
        super().incref(c, ident)


class ForgettingManager(managers.SyncManager):
    """A manager that runs a `ForgettingServer`."""

    _Server = ForgettingServer


@fault(breaks={"manager.nested-is-kept": "should have returned, but it raised"})
class ItemsAreNoReferences:
    """A queue that is an item of another one is deleted when no process has a proxy."""

    @staticmethod
    def manager(context):
        started = ForgettingManager(ctx=context)
        started.start()
        return started


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


class KeepingServer(managers.Server):
    """A manager's server that never drops an object."""

    def decref(self, c, ident):
        pass


class KeepingManager(managers.SyncManager):
    """A manager that runs a `KeepingServer`."""

    _Server = KeepingServer


@fault(
    breaks={
        "manager.abandoned-queue": "should have returned 'let go', but it returned 'still held'",
        "manager.lifetime-proxies": "should have raised Exception, but it returned None",
        "manager.passed-without-reference": "should have returned 3, but it returned 0",
        "manager.lost-by-spawned-child": "should have returned 1, but it returned 0",
    },
    start_methods=("fork", "spawn"),
    pretends={"python": (3, 13, 0)},
)
class ManagerKeepsAbandonedQueues:
    """A manager keeps a queue to which no proxy refers."""

    @staticmethod
    def manager(context):
        started = KeepingManager(ctx=context)
        started.start()
        return started


@fault(
    breaks={"manager.own-key": "put('a') should have returned, but it raised AuthenticationError"},
    start_methods=("fork",),
)
class ChildrenUseTheirOwnKey:
    """A child uses the key of its process, even for a manager that has a key of its own."""

    @staticmethod
    def context(real):
        begin = managers.BaseProxy._after_fork

        def change_key(self):
            self._authkey = current_process().authkey
            begin(self)

        managers.BaseProxy._after_fork = change_key
        return real


@fault(
    breaks={
        "manager.own-key-nested": "should have returned 'AuthenticationError', but it returned 'none'",
        "manager.own-key-sent": "Error', but it returned 'none'",
    },
    start_methods=("fork",),
)
class KeysTravelWithQueues:
    """A proxy is always pickled with the key of its manager."""

    @staticmethod
    def context(real):
        reduce = managers.BaseProxy.__reduce__

        def reduce_with_key(self):
            function, (*details, words) = reduce(self)
            return function, (*details, {**words, "authkey": bytes(self._authkey)})

        managers.BaseProxy.__reduce__ = reduce_with_key
        return real


@fault(breaks={"manager.process-key": "should have printed 'the answer: welcome', but it ended with exit code 1"})
class ManagersChooseAKey:
    """A manager that is given no key chooses one at random."""

    @staticmethod
    def context(real):
        begin = managers.BaseManager.__init__

        def begin_with_a_key(self, address=None, authkey=None, *args, **kwargs):
            begin(self, address, authkey or os.urandom(32), *args, **kwargs)

        managers.BaseManager.__init__ = begin_with_a_key
        return real


@fault(breaks={"manager.address": "should have printed 'by name: welcome at this very name', but it ended"})
class ManagersServeOnlyAtPorts:
    """A manager that is given a name serves at a TCP port instead."""

    @staticmethod
    def context(real):
        begin = managers.Server.__init__

        def begin_at_a_port(self, registry, address, *details):
            begin(self, registry, ("127.0.0.1", 0) if isinstance(address, str) else address, *details)

        managers.Server.__init__ = begin_at_a_port
        return real


@fault(breaks={"manager.remote-queue": "should have printed 'AuthenticationError', but it ended with exit code"})
class ManagerLetsEverybodyIn:
    """A manager accepts connections without the right key."""

    @staticmethod
    def context(real):
        connection.deliver_challenge = connection.answer_challenge = lambda channel, key: None
        return real


def creating_by(change):
    """Has servers create objects by what `change` makes of a type identifier and what is registered for it."""
    create = managers.Server.create

    def create_by_change(self, c, typeid, /, *args, **kwargs):
        registered, *details = self.registry[typeid]
        self.registry[typeid] = (change(typeid, registered), *details)
        return create(self, c, typeid, *args, **kwargs)

    managers.Server.create = create_by_change


@fault(
    breaks={
        "manager.other-program": "should have printed 'the next client got: welcome', but it ended with exit code 1"
    }
)
class EachClientHasItsOwnQueue:
    """A server gives each client a new queue, whatever it has registered."""

    @staticmethod
    def context(real):
        creating_by(lambda typeid, registered: thread_queue.Queue)
        return real


everything_created: dict[str, Any] = {}


@fault(breaks={"manager.registered-class": "in the queue of another client: 1"})
class OneObjectForEachName:
    """A server gives all clients the same object for a name, even if a class is registered."""

    @staticmethod
    def context(real):
        creating_by(lambda typeid, registered: lambda: everything_created.setdefault(typeid, registered()))
        return real


@fault(breaks={"manager.server-ctrl-c": "Ctrl-C ended the server with exit code 1"}, not_on=("win32",))
class ServersFailOnCtrlC:
    """A server that Ctrl-C ends reports a failure."""

    @staticmethod
    def context(real):
        serve = managers.Server.serve_forever

        def serve_and_fail(self):
            try:
                serve(self)
            except SystemExit:
                raise SystemExit(1) from None

        managers.Server.serve_forever = serve_and_fail
        return real
