"""Queues that are wrong about delivering each item exactly once."""

import os
import pickle
import sys
import threading
import time
from multiprocessing import queues
from multiprocessing.reduction import ForkingPickler
from queue import Empty, Full

from queuespec.queues.declare import EVERYTHING, fault
from queuespec.queues.parts import Lossy, Parcel, Receiving, Wrapping
from queuespec.queues.pending import Apart


@fault(
    breaks={
        "order.fifo-in-process": "get() should have returned, but it raised Empty",
        "deliver.results-aggregation": "get_sorted(3) should have returned, but it raised Empty",
        "deliver.after-producer-exit": "get_many(50) should have returned, but it raised Empty",
    },
    collateral=("cap.freed-by-get", "exit.child-flushes"),
)
class OnlyChildrenGet:
    """The process that created the queue always finds it empty."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            if os.getpid() == self._opid:
                raise Empty
            return super().get(block, timeout)


@fault(
    breaks={
        "deliver.parent-to-child": "get_many(2) was still running after",
        "deliver.after-producer-exit": "get_many(50) was still running after",
        "deliver.eventually-visible": "poll() was still running after",
    },
    collateral=EVERYTHING,
)
class SendsBatchesOfHundred:
    """Items are sent a hundred at a time; fewer wait, even when their process ends."""

    class Queue(queues.Queue):
        waiting = ()

        def put(self, obj, block=True, timeout=None):
            self.waiting = (*self.waiting, obj)
            while len(self.waiting) >= 100:
                first, *self.waiting = self.waiting
                super().put(first, block, timeout)


@fault(
    conforms=(
        "deliver.eventually-visible",
        "look.empty-closed",
        "look.empty-false-after-flush",
        "look.empty-false-when-item",
        "look.empty-not-for-control-flow",
        "look.empty-true-when-drained",
        "look.empty-unreliable",
        "look.fresh-queue-is-empty",
        "look.never-blocks",
        "look.no-side-effects",
    ),
    not_on=("darwin",),
)
class EmptyCountsWhatWasPut:
    """empty() returns False from put() on, even before the item can be taken: this is allowed."""

    class Queue(queues.Queue):
        def empty(self):
            return self._sem._semlock._get_value() == self._maxsize

    class JoinableQueue(Queue, queues.JoinableQueue):
        pass


@fault(breaks={"deliver.sender-met-anywhere": "was still running after"})
class SenderLooksWithoutTheLock:
    """The feeder thread checks for items without the lock, and can miss one and go to sleep."""

    class Queue(queues.Queue):
        @staticmethod
        def _feed(buffer, notempty, send_bytes, writelock, reader_close, writer_close, *others):
            with notempty:
                if not buffer:
                    notempty.wait()
            while True:
                while buffer:
                    item = buffer.popleft()
                    if item is queues._sentinel:
                        reader_close()
                        writer_close()
                        return
                    send_bytes(ForkingPickler.dumps(item))
                with notempty:
                    notempty.wait()

        def _start_thread(self):
            real, queues.Queue._feed = queues.Queue._feed, self._feed
            try:
                super()._start_thread()
            finally:
                queues.Queue._feed = real


def main_thread_is_busy():
    """Returns whether the main thread of this process is inside put_and_be_busy()."""
    frame = sys._current_frames().get(threading.main_thread().ident)
    while frame is not None and frame.f_code.co_name != "put_and_be_busy":
        frame = frame.f_back
    return frame is not None


class PickledWhenIdle(Parcel):
    """An item whose pickling waits until the main thread is idle."""

    def __reduce__(self):
        while main_thread_is_busy():
            time.sleep(0.01)
        return unchanged, (self.item,)


def unchanged(item):
    """Unpickles a `PickledWhenIdle` item: returns what it wraps."""
    return item


@fault(breaks={"deliver.from-busy-process": "get() was still running after"})
class ABusyProcessSendsNothing:
    """Items are sent only while the main thread of their process is idle."""

    class Queue(Wrapping):
        wrap = PickledWhenIdle


class PickledInTurn(Parcel):
    """An item whose pickling waits for a lock that all producers share."""

    def __init__(self, item, turn):
        super().__init__(item)
        self.turn = turn

    def __reduce__(self):
        with self.turn:
            return pickle.loads, (pickle.dumps(self.item),)


@fault(breaks={"deliver.slow-pickling": "get() was still running after"}, start_methods=("fork",))
class OneProducerPicklesAtATime:
    """While one producer pickles, no other can send."""

    class Queue(Wrapping):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(maxsize, ctx=ctx)
            self._turn = ctx.Lock()

        def wrap(self, item):
            return PickledInTurn(item, self._turn)


@fault(
    breaks={
        "deliver.slow-unpickling": "get() was still running after",
        "deliver.slow-unpickling-timed": "get() was still running after",
    },
    start_methods=("fork",),
)
class OneConsumerUnpicklesAtATime:
    """While one consumer unpickles, no other can receive."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(maxsize, ctx=ctx)
            self._turn = ctx.Lock()

        def get(self, block=True, timeout=None):
            with self._turn:
                return super().get(block, timeout)


@fault(breaks={"deliver.exclusive-token": "should have returned 0, but it returned"})
class WhatIsPutBackIsThereTwice:
    """An item that is put back by the process that got it is duplicated."""

    class Queue(queues.Queue):
        _last = None

        def get(self, block=True, timeout=None):
            self._last = super().get(block, timeout)
            return self._last

        def put(self, obj, block=True, timeout=None):
            super().put(obj, block, timeout)
            if isinstance(obj, str) and obj == self._last:
                super().put(obj, block, timeout)


@fault(
    breaks={"deliver.no-loss": "reordered: ", "deliver.bounded-crowd": "reordered: "},
    collateral=("item.none-falsy", "exit.child-flushes"),
)
class AnItemIsOvertaken:
    """Every tenth item of a producer is overtaken by the next one."""

    class Queue(queues.Queue):
        count = 0
        held = ()

        def put(self, obj, block=True, timeout=None):
            self.count += 1
            if self.count % 10 == 9:
                self.held = (obj,)
                return
            super().put(obj, block, timeout)
            for late in self.held:
                super().put(late, block, timeout)
            self.held = ()


@fault(breaks={"deliver.no-loss": "invented: 'damaged: 4096 of "}, collateral=("item.none-falsy",))
class ItemsEndWithThePage:
    """Whatever part of an item exceeds one page of memory is lost."""

    class Queue(Receiving):
        def received(self, item):
            if isinstance(item, tuple) and isinstance(item[-1], tuple):
                producer, number, (tag, size, data) = item
                return producer, number, (tag, size, data[:4096])
            return item


@fault(
    breaks={"deliver.no-loss": "lost: 49, 99, ", "deliver.bounded-crowd": "lost: 49, 99, "},
    collateral=("exit.child-flushes",),
)
class LosesItems:
    """Every fiftieth item is lost."""

    class Queue(Lossy):
        every = 50


@fault(
    breaks={
        "deliver.no-loss": "duplicated: ",
        "deliver.bounded-crowd": "duplicated: ",
        "deliver.results-aggregation": "but it returned ['a', 'a', 'b']",
    },
    collateral=("deliver.exclusive-token", "order.fifo-in-process", "item.none-falsy", "exit.child-flushes"),
)
class RepeatsItems:
    """Every second get() returns the previous item again."""

    class Queue(queues.Queue):
        last = None

        def get(self, block=True, timeout=None):
            if self.last is not None:
                (obj,), self.last = self.last, None
                return obj
            obj = super().get(block, timeout)
            self.last = (obj,)
            return obj


@fault(breaks={"deliver.thread-safe": "lost: ", "deliver.threads-and-processes": "lost: "})
class LosesItemsOfThreads:
    """Every twentieth item put by threads other than the main one is lost."""

    class Queue(Lossy):
        every = 20

        def accepts(self, item):
            return threading.current_thread() is threading.main_thread() or super().accepts(item)


class ApartInDisorder(Apart):
    """An item whose buffers are sent beside it, the last one first."""

    def ordered(self, buffers):
        return reversed(buffers)


@fault(breaks={"deliver.buffers": "[b'second page', b'first page']"})
class BuffersArriveInDisorder:
    """The buffers of an item are sent separately, and arrive in reverse order."""

    class Queue(Wrapping):
        wrap = ApartInDisorder


@fault(breaks={"deliver.sender-met-anywhere": "was still running after"}, collateral=EVERYTHING)
class PutNeverWaitsForTheLock:
    """put() wakes the feeder thread only if the lock is free: a thread about to go to sleep misses the item."""

    class Queue(queues.Queue):
        def put(self, obj, block=True, timeout=None):
            if self._thread is None or self._closed:
                super().put(obj, block, timeout)
                return
            if not self._sem.acquire(block, timeout):
                raise Full
            self._buffer.append(obj)
            if self._notempty.acquire(False):
                self._notempty.notify()
                self._notempty.release()
