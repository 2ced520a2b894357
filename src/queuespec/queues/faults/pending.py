"""Queues that do what a pending change to CPython adds, and are wrong about it."""

import time
from multiprocessing import queues

from queuespec.queues.declare import fault
from queuespec.queues.pending import ShutsDown

AT_LEAST = {"python": (3, 13, 0)}
"""The first Python with `queue.ShutDown`."""


@fault(
    breaks={"shutdown.put": "put('a') should have raised ShutDown, but it returned None"},
    not_on=("darwin",),
    pretends=AT_LEAST,
)
class PutsAfterShutdown:
    """put() accepts items after shutdown()."""

    class Queue(ShutsDown):
        def refuses_put(self):
            return False


@fault(
    breaks={"shutdown.get": "get() should have returned, but it raised ShutDown"},
    not_on=("darwin",),
    pretends=AT_LEAST,
)
class ShutdownLosesItems:
    """get() raises ShutDown after shutdown(), although items are left."""

    class Queue(ShutsDown):
        def refuses_get(self):
            return self.refuses_put()


@fault(
    breaks={"shutdown.immediate": "get() should have raised ShutDown, but it returned 'a'"},
    not_on=("darwin",),
    pretends=AT_LEAST,
)
class ShutdownIsNeverImmediate:
    """shutdown(immediate=True) leaves the items for consumers to get."""

    class Queue(ShutsDown):
        def shutdown(self, immediate=False):
            super().shutdown()


class Patient(ShutsDown):
    """Looks only once, before a call waits, whether the queue has been shut down."""

    poll = 3600.0


@fault(
    breaks={
        "shutdown.wakes-get": "get() was still running after",
        "shutdown.wakes-put": "put('late') was still running after",
    },
    not_on=("darwin",),
    pretends=AT_LEAST,
)
class ShutdownWakesNobody:
    """Calls that wait when the queue is shut down go on waiting."""

    class Queue(Patient):
        pass


class TakingTurns(ShutsDown):
    """A queue on which one call finds out that it has been shut down, and no other."""

    def refuses_put(self):
        return self._down.acquire(False)

    def refuses_get(self):
        return self._down.acquire(False)


@fault(
    breaks={
        "shutdown.wakes-get": "get() was still running after",
        "shutdown.wakes-put": "put('late') was still running after",
    },
    not_on=("darwin",),
    pretends=AT_LEAST,
)
class ShutdownWakesOne:
    """shutdown() wakes one of the calls that wait."""

    class Queue(TakingTurns):
        pass


class Own(ShutsDown):
    """A queue whose copies in other processes do not know that it has been shut down."""

    is_down = False

    def shutdown(self, immediate=False):
        self.is_down = True

    def refuses_put(self):
        return self.is_down

    def refuses_get(self):
        return self.is_down and self.qsize() == 0


@fault(
    breaks={"shutdown.everywhere": "put('a') should have raised ShutDown, but it returned None"},
    not_on=("darwin",),
    pretends=AT_LEAST,
)
class ShutdownIsLocal:
    """shutdown() is for the process that calls it; the others go on."""

    class Queue(Own):
        pass


@fault(breaks={"join.timeout": "join(timeout=0.2) was still running after"})
class JoinIgnoresItsTimeout:
    """join() accepts a timeout and waits without one."""

    class JoinableQueue(queues.JoinableQueue):
        def join(self, timeout=None):
            super().join()


@fault(breaks={"join.timeout": "join(timeout=0.2) should have waited 0.2 s, but it returned None after"})
class JoinWithTimeoutDoesNotWait:
    """join() with a timeout only looks whether all items are done."""

    class JoinableQueue(queues.JoinableQueue):
        def join(self, timeout=None):
            if timeout is None:
                super().join()


@fault(breaks={"join.timeout-done": "join(timeout=3600) was still running after"})
class JoinSleepsForItsTimeout:
    """join() with a timeout always takes that long."""

    class JoinableQueue(queues.JoinableQueue):
        def join(self, timeout=None):
            if timeout is None:
                super().join()
            else:
                time.sleep(timeout)
