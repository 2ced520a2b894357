"""Queues that are wrong about creating a queue, and the methods it has."""

import queue as thread_queue
from multiprocessing import queues

from queuespec.queues.declare import EVERYTHING, fault
from queuespec.queues.parts import OtherExceptions, changed


@fault(
    breaks={"api.queue-methods": "should have returned [], but it returned ['put_nowait']"},
    collateral=("cap.freed-by-get",),
)
class LacksPutNowait:
    """A queue has no put_nowait()."""

    class Queue(queues.Queue):
        @property
        def put_nowait(self):
            raise AttributeError("put_nowait")


@fault(breaks={"api.queue-not-joinable": "should have returned [], but it returned ['task_done', 'join']"})
class PlainQueueForgetsTasks:
    """A plain queue has task_done() and join(), which do nothing."""

    class Queue(queues.Queue):
        def task_done(self):
            pass

        join = task_done


@fault(
    breaks={"api.extra-methods": "should have returned [], but it returned ['join_thread']"},
    collateral=("jt.after-close-waits",),
)
class JoinableLacksJoinThread:
    """A JoinableQueue has no join_thread(); only a plain queue has one."""

    class JoinableQueue(queues.JoinableQueue):
        @property
        def join_thread(self):
            raise AttributeError("join_thread")


@fault(breaks={"api.joinable-is-queue": "should have returned something true, but it returned False"})
class JoinableIsNoQueue:
    """A JoinableQueue works like a Queue, but is not a subclass of it."""

    class JoinableQueue:
        def __init__(self, maxsize=0, *, ctx):
            self._real = queues.JoinableQueue(maxsize, ctx=ctx)

        def __getattr__(self, name):
            if name.startswith("__"):
                raise AttributeError(name)
            return getattr(self._real, name)


@fault(
    breaks={"api.joinable-methods": "should have returned [], but it returned ['task_done', 'join']"},
    collateral=("join.blocks-until-all-done", "td.too-many"),
)
class JoinableForgetsTasks:
    """A JoinableQueue is a plain queue, without task_done() and join()."""

    class JoinableQueue(queues.Queue):
        pass


@fault(breaks={"api.simple-surface": "should have returned [], but it returned ['close']"})
class SimpleQueueStaysOpen:
    """A SimpleQueue has no close()."""

    class SimpleQueue(queues.SimpleQueue):
        @property
        def close(self):
            raise AttributeError("close")


@fault(breaks={"api.simple-surface-only": "should have returned [], but it returned ['put_nowait', 'get_nowait']"})
class SimpleQueueHasMore:
    """A SimpleQueue has put_nowait() and get_nowait() too."""

    class SimpleQueue(queues.SimpleQueue):
        def put_nowait(self, item):
            self.put(item)

        def get_nowait(self):
            return self.get()


@fault(
    breaks={
        "api.simple-no-timeout": "get(timeout=0.1) should have raised TypeError, but it returned 'x'",
        "ctor.simple-no-args": "should have raised TypeError, but it returned",
    }
)
class SimpleQueueIgnoresArguments:
    """A SimpleQueue accepts a maxsize and a timeout, and ignores them."""

    class SimpleQueue(queues.SimpleQueue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(ctx=ctx)

        def get(self, block=True, timeout=None):
            return super().get()


@fault(breaks={"api.simple-not-queue": "should have returned something false, but it returned True"})
class SimpleQueueIsAQueue:
    """SimpleQueue is a subclass of Queue."""

    class SimpleQueue(queues.Queue):
        def __init__(self, *, ctx):
            super().__init__(0, ctx=ctx)


class Full(Exception):
    """Has the name of the class that callers know, and nothing else of it."""


class Empty(Exception):
    """Has the name of the class that callers know, and nothing else of it."""


@fault(
    breaks={
        "api.empty-full-identity": "should have returned something true, but it returned False",
        "api.full-identity": "should have returned something true, but it returned False",
    },
    collateral=EVERYTHING,
)
class ExceptionsOfItsOwn:
    """put() and get() raise classes of their own that are called Full and Empty."""

    class Queue(OtherExceptions):
        Full, Empty = Full, Empty


@fault(
    breaks={
        "api.not-timeout-error": "should have returned something without 'TimeoutError' in it",
        "api.not-timeout-error-put": "should have returned something without 'TimeoutError' in it",
    }
)
class ExceptionsAreTimeoutErrors:
    """put() and get() raise subclasses of Full and Empty that are TimeoutErrors too."""

    class Queue(OtherExceptions):
        class Full(thread_queue.Full, TimeoutError):
            pass

        class Empty(thread_queue.Empty, TimeoutError):
            pass


@fault(breaks={"api.empty-full-not-exported": "should have returned [], but it returned ['Empty']"})
class ExportsEmpty:
    """The module exports an Empty of its own."""

    @staticmethod
    def module(real):
        return changed(real, Empty=type("Empty", (Exception,), {}))


@fault(breaks={"api.factories-not-classes": "is_a_class('Queue') should have returned something false"})
class ModuleExportsClasses:
    """The module's Queue is the class itself, not a factory."""

    @staticmethod
    def module(real):
        return changed(real, Queue=queues.Queue)


class NotSubscriptable:
    """Makes a queue class reject type parameters, as in ``Queue[int]``."""

    def __class_getitem__(cls, parameter):
        raise TypeError(f"{cls.__name__} takes no parameter")


@fault(
    breaks={
        "api.generic-alias-queue": "should have returned, but it raised TypeError",
        "api.generic-alias-simple": "should have returned, but it raised TypeError",
    },
    pretends={"python": (3, 12, 0)},
)
class ClassesTakeNoParameter:
    """The queue classes cannot be subscripted in a type hint."""

    class Queue(NotSubscriptable, queues.Queue):
        pass

    class SimpleQueue(NotSubscriptable, queues.SimpleQueue):
        pass


class WithShutdown:
    """Adds a shutdown() method that does nothing."""

    def shutdown(self, immediate=False):
        pass


@fault(breaks={"api.shutdown-absent": "should have returned [], but it returned ['shutdown']"})
class ShutdownDoesNothing:
    """A queue has a shutdown() method, which does nothing."""

    class Queue(WithShutdown, queues.Queue):
        pass

    class JoinableQueue(WithShutdown, queues.JoinableQueue):
        pass

    class SimpleQueue(WithShutdown, queues.SimpleQueue):
        pass


@fault(
    breaks={
        "api.no-len-iter-with": "should have returned [], but it returned ['__len__']",
        "api.queue-is-true": "should have returned something true, but it returned False",
    }
)
class QueueHasALength:
    """A queue has a length, so an empty queue is false."""

    class Queue(queues.Queue):
        def __len__(self):
            return 0


@fault(
    breaks={"ctor.maxsize-default": "should have returned, but it raised Full"},
    collateral=("order.fifo-in-process", "item.none-falsy", "exit.child-flushes"),
)
class MaxsizeIsOneUnlessGiven:
    """A queue without maxsize holds one item."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=1, *, ctx):
            super().__init__(maxsize, ctx=ctx)


@fault(breaks={"ctor.maxsize-passed": "put_nowait('b') should have raised Full, but it returned None"})
class MaxsizeByNameOnly:
    """A maxsize passed by position is ignored."""

    class Queue(queues.Queue):
        def __init__(self, *ignored, maxsize=0, ctx):
            super().__init__(maxsize, ctx=ctx)


@fault(breaks={"ctor.maxsize-nonpositive": "should have returned, but it raised Full"})
class NegativeMaxsizeIsALimit:
    """A negative maxsize limits the queue as its absolute value would."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(abs(maxsize), ctx=ctx)


@fault(breaks={"ctor.maxsize-above-ceiling": "should have raised Exception, but it returned"})
class MaxsizeCutDown:
    """A maxsize larger than a semaphore can count to is silently reduced."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(min(maxsize, 32767), ctx=ctx)


@fault(breaks={"ctor.maxsize-type": "should have raised TypeError, but it returned"})
class MaxsizeOfAnyType:
    """A maxsize of any type is converted to an integer."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(int(maxsize or 0), ctx=ctx)
