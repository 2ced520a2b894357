"""Queues of a manager that are wrong about its clients."""

import os
import queue as thread_queue
import threading
import time
import types
from multiprocessing import managers

from queuespec.queues.declare import fault


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


@fault(breaks={"manager.used-before": "was still running after"}, start_methods=("fork",))
class ChildrenTakePartInTheConversation:
    """A forked child shares its parent's connection to the manager, and mixes up the answers."""

    @staticmethod
    def manager(context):
        managers.util.ForkAwareLocal = threading.local
        return context.Manager()


class SharedByThreads(types.SimpleNamespace):
    """Stands in for what each thread has of its own: all threads have the same."""


@fault(breaks={"manager.threads": "put('a') was still running after"}, start_methods=("fork",))
class ThreadsShareTheConnection:
    """All threads of a process use one connection to the manager."""

    @staticmethod
    def manager(context):
        managers.util.ForkAwareLocal = SharedByThreads
        return context.Manager()


class ForgottenByForks(threading.local):
    """What each thread has of its own, and no fork has."""

    def __init__(self):
        os.register_at_fork(after_in_child=vars(self).clear)


@fault(
    breaks={"manager.bare-fork": "put('mine') did not block: it returned None"},
    start_methods=("fork",),
    not_on=("win32",),
)
class AnyForkOpensAConnection:
    """A process that was forked without Process opens a connection of its own to the manager."""

    @staticmethod
    def manager(context):
        managers.util.ForkAwareLocal = ForgottenByForks
        return context.Manager()


@fault(breaks={"manager.lost-manager-ends-get": "get() was still running after"}, start_methods=("fork",))
class ClientsWaitForALostManager:
    """A client whose connection has ended waits for the manager to come back."""

    @staticmethod
    def manager(context):
        call = managers.BaseProxy._callmethod

        def persist(*request):
            try:
                return call(*request)
            except EOFError:
                return threading.Event().wait()

        managers.BaseProxy._callmethod = persist
        return context.Manager()


@fault(
    breaks={"manager.restarted-server": "but it ended with exit code 0: a new connection was used"}, not_on=("win32",)
)
class ClientsConnectAgain:
    """A client whose connection has ended opens a new one and repeats its request."""

    @staticmethod
    def context(real):
        call = managers.BaseProxy._callmethod

        def call_again(self, *request):
            try:
                return call(self, *request)
            except (EOFError, OSError):
                del self._tls.connection
                return call(self, *request)

        managers.BaseProxy._callmethod = call_again
        return real


class QueueProxy(managers.BaseProxy):
    """The proxy of a manager's queue, as a class to derive others from."""

    _exposed_ = ("empty", "full", "get", "get_nowait", "join", "put", "put_nowait", "qsize", "task_done")

    def empty(self):
        return self._callmethod("empty")

    def full(self):
        return self._callmethod("full")

    def get(self, *args, **kwargs):
        return self._callmethod("get", args, kwargs)

    def get_nowait(self):
        return self._callmethod("get_nowait")

    def join(self):
        self._callmethod("join")

    def put(self, *args, **kwargs):
        self._callmethod("put", args, kwargs)

    def put_nowait(self, item):
        self._callmethod("put_nowait", (item,))

    def qsize(self):
        return self._callmethod("qsize")

    def task_done(self):
        self._callmethod("task_done")


@fault(breaks={"manager.get-interruptible": "'get') was still running after"}, not_on=("win32",))
class InterruptedClientsGoOn:
    """A get() of a manager's queue that is interrupted by Ctrl-C starts again."""

    Served = thread_queue.Queue

    class Proxy(QueueProxy):
        def get(self, *args, **kwargs):
            try:
                return super().get(*args, **kwargs)
            except KeyboardInterrupt:
                return super().get(*args, **kwargs)


def poll(call, args, block, timeout, failure):
    """Repeats a call that does not wait until it succeeds; raises its `failure` after `timeout` seconds."""
    deadline = time.monotonic() + (timeout or 0)
    while True:
        try:
            return call(*args)
        except failure:
            if not block or (timeout is not None and time.monotonic() > deadline):
                raise
        time.sleep(0.01)


@fault(
    breaks={
        "manager.stale-answer": "qsize() should have returned",
        "manager.interrupted-put": "get() should have returned 'interrupted', but it returned 'patient'",
        "manager.killed-getter-loses-item": "should have returned 'next', but it returned 'for the dead'",
    },
)
class ManagerClientsPoll:
    """A client of a manager's queue waits by itself, so nothing is left of the call of one that stops waiting."""

    Served = thread_queue.Queue

    class Proxy(QueueProxy):
        def get(self, block=True, timeout=None):
            return poll(self.get_nowait, (), block, timeout, thread_queue.Empty)

        def put(self, item, block=True, timeout=None):
            poll(self.put_nowait, (item,), block, timeout, thread_queue.Full)


class StayingServer(managers.Server):
    """A manager's server whose threads stay when their clients have gone."""

    def serve_client(self, conn):
        try:
            super().serve_client(conn)
        finally:
            self.stop_event.wait()


class StayingManager(managers.SyncManager):
    """A manager that runs a `StayingServer`."""

    _Server = StayingServer


@fault(breaks={"manager.thread-of-vanished-client": "should have returned 0, but it returned 1"})
class ManagerKeepsTheThreadsOfItsClients:
    """A manager's thread stays when its client has gone."""

    @staticmethod
    def manager(context):
        started = StayingManager(ctx=context)
        started.start()
        return started
