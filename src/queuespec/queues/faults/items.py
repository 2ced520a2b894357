"""Queues that are wrong about what can be put, and the state in which it arrives."""

import collections
import copy
import copyreg
import functools
import io
import os
import pickle
import queue as thread_queue
import struct
import sys
from multiprocessing import queues
from multiprocessing.reduction import ForkingPickler

from queuespec.queues.declare import EVERYTHING, fault
from queuespec.queues.parts import Dropping, Parcel, Receiving, Wrapping


@fault(
    breaks={
        "item.serialised": "'the same memory'",
        "item.later-mutation-receiver": "['a', 'b']",
        "deliver.child-to-child": "get() was still running after",
        "look.empty-not-for-control-flow": "wait_until_pickled(",
        "look.qsize-no-guarantee": "wait_until_pickled(",
    },
    collateral=(
        "get.blocks-when-empty",
        "cap.freed-by-get",
        "item.none-falsy",
        "jt.after-close-waits",
        "exit.child-flushes",
    ),
)
class ItemsStayInTheProcess:
    """Items stay in the process that put them: the queue is a thread queue, and nothing is pickled."""

    class Queue(queues.Queue):
        def _reset(self, after_fork=False):
            super()._reset(after_fork)
            items = thread_queue.Queue(self._maxsize)
            self.put, self.get, self.get_nowait = items.put, items.get, items.get_nowait
            self.qsize, self.empty, self.full = items.qsize, items.empty, items.full


@fault(
    breaks={
        "item.none-falsy": "but it returned ['None', 'None',",
        "item.singletons": "but it returned ['Ellipsis', 'NotImplemented', 'True']",
    }
)
class FalsyItemsBecomeNone:
    """Falsy items arrive as None."""

    class Queue(Receiving):
        def received(self, item):
            return item if item is NotImplemented else item or None


@fault(breaks={"item.exceptions-and-classes": "should have returned, but it raised ValueError('parcel lost', 3)"})
class RaisesReceivedExceptions:
    """get() raises an item that is an exception instead of returning it."""

    class Queue(Receiving):
        def received(self, item):
            if isinstance(item, BaseException):
                raise item
            return item


@fault(breaks={"item.custom-class": "get_state() should have returned {'label': 'a', 'weight': 2}, but it returned {}"})
class InstancesLoseTheirState:
    """Instances of a user's class arrive without their state."""

    class Queue(Receiving):
        def received(self, item):
            if type(item).__name__ == "Parcel":
                vars(item).clear()
            return item


class OldestPickle(Parcel):
    """Pickles its item with protocol 0."""

    def __reduce__(self):
        return pickle.loads, (pickle.dumps(self.item, 0),)


@fault(breaks={"item.custom-class": "get_state() was still running after"})
class SlotsRefuseToTravel:
    """Instances that keep their state in __slots__ do not arrive, as under the oldest pickle protocols."""

    class Queue(queues.Queue):
        def put(self, obj, block=True, timeout=None):
            super().put(OldestPickle(obj) if hasattr(type(obj), "__slots__") else obj, block, timeout)


@fault(breaks={"item.any-equality": "get_state() should have returned"})
class EndIsToldByEquality:
    """An item that equals everything is mistaken for the feeder thread's sentinel and dropped."""

    class Queue(Dropping):
        sentinel = object()

        def accepts(self, item):
            return item != self.sentinel


KNOWN_REDUCERS = dict(copyreg.dispatch_table)


class PickledByKnownReducers(Parcel):
    """Pickles its item with the reducers that were registered when this module was imported."""

    def __reduce__(self):
        data = io.BytesIO()
        pickler = pickle.Pickler(data)
        pickler.dispatch_table = KNOWN_REDUCERS
        pickler.dump(self.item)
        return pickle.loads, (data.getvalue(),)


@fault(breaks={"item.registered-reducer": "get() was still running after"})
class RegistrationsComeTooLate:
    """Reducers registered with copyreg after the queue's module was imported are ignored."""

    class Queue(Wrapping):
        wrap = PickledByKnownReducers


class PlainPickle(Parcel):
    """Pickles its item with pickle.dumps(), which knows none of multiprocessing's reducers."""

    def __reduce__(self):
        return pickle.loads, (pickle.dumps(self.item),)


@fault(breaks={"item.connection": "answer('42') should have returned, but it raised"})
class PipesArePickledAsNumbers:
    """A connection that is put as an item arrives as a bare file descriptor number."""

    class Queue(Wrapping):
        wrap = PlainPickle


@fault(breaks={"item.let-go": "put_get_and_watch(2.0)"})
class KeepsTheLastItem:
    """A process keeps a reference to the item that it put last."""

    class Queue(queues.Queue):
        def put(self, obj, block=True, timeout=None):
            self._last = obj
            super().put(obj, block, timeout)


@fault(
    breaks={
        "item.pickle-once": "times_pickled() should have returned 1, but it returned 2",
        "item.unpicklable-put-returns": "should have returned, but it raised",
    },
    collateral=("jt.after-close-waits", "exit.child-flushes"),
)
class PicklesTwice:
    """put() pickles each item once just to see whether it can be pickled."""

    class Queue(queues.Queue):
        def put(self, obj, block=True, timeout=None):
            pickle.dumps(obj)
            super().put(obj, block, timeout)


@fault(breaks={"item.pickled-late": "but it returned ['first', ['early']]"})
class CopiesListsAtOnce:
    """put() copies a list, so changes made right after it never reach the receiver."""

    class Queue(Wrapping):
        @staticmethod
        def wrap(item):
            return copy.copy(item) if isinstance(item, list) else item


@fault(
    breaks={
        "item.simple-snapshot": "get() should have returned ['early'], but it returned ['early', 'late']",
        "item.unpicklable-simple": "should have raised Exception, but it returned None",
    },
    collateral=("get.blocks-when-empty", "item.none-falsy", "deliver.child-to-child"),
)
class SimpleQueuePicklesLate:
    """A SimpleQueue does not pickle an item until the next call."""

    class SimpleQueue(queues.SimpleQueue):
        waiting = ()

        def put(self, obj):
            self.waiting = (*self.waiting, obj)

        def get(self):
            while self.waiting:
                obj, *self.waiting = self.waiting
                super().put(obj)
            return super().get()


class LateProxy:
    """Wraps a proxy and passes the items on at the next get()."""

    def __init__(self, proxy):
        self.proxy = proxy
        self.waiting = []

    def put(self, obj):
        self.waiting.append(obj)

    def get(self):
        while self.waiting:
            self.proxy.put(self.waiting.pop(0))
        return self.proxy.get()


@fault(
    breaks={
        "item.manager-snapshot": "get() should have returned ['early'], but it returned ['early', 'late']",
        "item.unpicklable-manager": "should have raised Exception, but it returned None",
        "item.unpickling-error-manager": "should have raised Exception, but it returned None",
    },
    collateral=("get.blocks-when-empty", "item.none-falsy", "deliver.child-to-child"),
)
class ManagerQueueSendsLate:
    """The proxy of a manager's queue holds items back until the next get()."""

    class Manager:
        @staticmethod
        def Queue(maxsize=0, *, ctx):
            return LateProxy(ctx.Queue(maxsize))


@fault(
    breaks={
        "put.feeder-starts-on-first-put": "count_threads() should have returned 2, but it returned 1",
        "item.unpicklable-put-returns": "should have returned, but it raised",
        "cap.restored-after-pickle-error": "put('good') was still running after",
        "item.unpicklable-reported": "should have returned, but it raised",
        "item.exit-while-pickling": "should have returned, but it raised SystemExit",
        "exit.bad-item-loses-others": "should have returned, but it raised ValueError",
        "item.changed-while-pickling": "should have returned, but it raised RuntimeError",
        "item.reducer-in-feeder-thread": "but it returned 'this thread'",
        "payload.put-does-not-wait-for-reader": "was still running after",
    },
    collateral=("put.nonblocking-raises-full", "cap.freed-by-get", "jt.after-close-waits"),
)
class WritesInPut:
    """put() pickles the item and writes it to the pipe itself, without a feeder thread."""

    class Queue(queues.Queue):
        def put(self, obj, block=True, timeout=None):
            self._sem.acquire(block, timeout)
            self._writer.send_bytes(ForkingPickler.dumps(obj))


@fault(breaks={"item.unpicklable-skipped": "get() was still running after"})
class FeederDiesOfABadItem:
    """An item that cannot be pickled ends the feeder thread."""

    class Queue(queues.Queue):
        @staticmethod
        def _on_queue_feeder_error(e, obj):
            sys.exit()


@fault(breaks={"item.pickling-error-skipped": "get() was still running after"})
class ABrokenPipeEndsTheFeeder:
    """A BrokenPipeError while an item is pickled ends the feeder thread, and nothing more is sent."""

    class Queue(queues.Queue):
        def _reset(self, after_fork=False):
            super()._reset(after_fork)
            self._ignore_epipe = True


@fault(breaks={"item.pickling-error-of-nameless": "get() was still running after"})
class FeederShowsWhatWasLost:
    """The feeder thread prints the item that it could not pickle, and dies if its repr() fails."""

    class Queue(queues.Queue):
        @staticmethod
        def _on_queue_feeder_error(e, obj):
            print(f"could not send {obj!r}: {e}", file=sys.stderr)


@fault(breaks={"item.unpicklable-reported": "something with 'Traceback' in it, but it returned ''"})
class FeederSaysNothing:
    """An item that cannot be pickled vanishes without a traceback."""

    class Queue(queues.Queue):
        @staticmethod
        def _on_queue_feeder_error(e, obj):
            pass


class ExitsForReal(Parcel):
    """Ends the process with exit code 3 if pickling its item raises `SystemExit`."""

    def __reduce__(self):
        try:
            return pickle.loads, (pickle.dumps(self.item),)
        except SystemExit:
            os._exit(3)


@fault(breaks={"item.exit-while-pickling": "died with exit code 3"})
class ExitInTheFeederEndsTheProcess:
    """SystemExit while an item is pickled ends the whole process."""

    class Queue(Wrapping):
        wrap = ExitsForReal


@fault(breaks={"item.unpickling-error-raised": "get() should have raised ValueError, but it returned None"})
class GetHidesUnpicklingErrors:
    """get() returns None for an item that cannot be unpickled."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            try:
                return super().get(block, timeout)
            except (ValueError, RecursionError, SystemExit):
                return None


@fault(breaks={"item.unpickling-error-skipped": "get() was still running after"})
class UnpicklingErrorKeepsTheLock:
    """An item that cannot be unpickled leaves the readers' lock taken."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            try:
                return super().get(block, timeout)
            except ValueError:
                self._rlock.acquire()
                raise


@fault(
    breaks={
        "payload.larger-than-pipe": "but it returned ['damaged: 65536 of 8388608 bytes']",
        "payload.put-does-not-wait-for-reader": "but it returned ['damaged: 65536 of 8388608 bytes']",
        "payload.very-large-limit": "[67108864] or [], but it returned ['damaged: 65536 of 67108864 bytes']",
    },
    collateral=("item.none-falsy",),
)
class LargeItemsAreCut:
    """Only the beginning of an item larger than a pipe arrives."""

    class Queue(Receiving):
        def received(self, item):
            if isinstance(item, tuple) and len(item[-1]) > 1 << 16:
                return (*item[:-1], item[-1][: 1 << 16])
            return item


@fault(breaks={"payload.many-wait": "get_blocks(3000) was still running after"})
class BufferHoldsAThousand:
    """When more than a thousand items wait to be sent, the oldest ones are dropped."""

    class Queue(queues.Queue):
        def _reset(self, after_fork=False):
            super()._reset(after_fork)
            self._buffer = collections.deque(maxlen=1000)


@fault(breaks={"payload.every-size": "; invented: 'damaged: "})
class OneSizeIsCut:
    """An item loses its last byte when its pickle just fills a pipe."""

    class Queue(Receiving):
        def received(self, item):
            if isinstance(item, tuple) and len(pickle.dumps(item)) in range((1 << 16) - 1, (1 << 16) + 2):
                return (*item[:-1], item[-1][:-1])
            return item


@fault(breaks={"payload.many-writers-no-interleave": "get_blocks(6)"}, collateral=EVERYTHING, not_on=("win32",))
class NoWriteLock:
    """Producers write to the pipe without a lock, so parts of their items mix."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(maxsize, ctx=ctx)
            self._wlock = None
            self._reset()


def write_once(writer, data):
    """Writes the header and the data with one write() each, and ignores how many bytes were written."""
    os.write(writer.fileno(), struct.pack("!i", len(data)))
    os.write(writer.fileno(), data)


@fault(breaks={"payload.among-signals": "get_blocks(1) was still running after"}, start_methods=("fork",))
class AWriteCutShortIsOver:
    """When a signal cuts a write short, the rest of the item is never written."""

    class Queue(queues.Queue):
        def _reset(self, after_fork=False):
            super()._reset(after_fork)
            self._send_bytes = functools.partial(write_once, self._writer)
