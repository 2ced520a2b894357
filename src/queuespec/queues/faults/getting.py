"""Queues that are wrong about get() and its timeouts."""

import contextlib
import functools
import queue as thread_queue
import signal
import socket
import threading
import time
from multiprocessing import connection, queues
from multiprocessing.reduction import ForkingPickler
from queue import Empty, Full

from queuespec.queues.declare import EVERYTHING, fault
from queuespec.queues.parts import until, wait_for_other_readers, wait_in_c


@fault(
    breaks={
        "order.fifo-in-process": "should have returned 'b', but it returned 'a'",
        "pattern.worker-pool": "duplicated: ",
    },
    collateral=("item.none-falsy", "exit.child-flushes"),
)
class GetLooksOnly:
    """get() returns each item without removing it, so the item comes out again."""

    class Queue(queues.Queue):
        _seen = ()

        def get(self, block=True, timeout=None):
            if self._seen:
                (item,), self._seen = self._seen, ()
                return item
            item = super().get(block, timeout)
            self._seen = (item,)
            return item


@fault(breaks={"get.blocks-when-empty": "was still running after"}, collateral=EVERYTHING)
class GetHangsInC:
    """get() never returns: it waits forever in C code that holds the interpreter lock."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            wait_in_c()

    class JoinableQueue(Queue, queues.JoinableQueue):
        pass


class PrivateQueue(thread_queue.Queue):
    """A thread queue that starts empty in every process that receives it."""

    def __reduce__(self):
        return type(self), (self.maxsize,)

    def close(self):
        pass

    join_thread = cancel_join_thread = close


@fault(breaks={"get.blocks-when-empty": "get() was still running after"}, collateral=EVERYTHING)
class ThreadQueue:
    """Each process has a thread queue of its own, which only looks like one queue for all processes."""

    class Queue(PrivateQueue):
        def __init__(self, maxsize=0, *, ctx=None):
            super().__init__(maxsize)

    JoinableQueue = Queue

    class SimpleQueue(PrivateQueue):
        def __init__(self, *, ctx=None):
            super().__init__()


@fault(
    breaks={
        "get.timeout-raises-empty": "should have raised Empty, but it returned None",
        "get.signature": "should have raised Empty, but it returned None",
        "get.nonblocking-raises-empty": "should have raised Empty, but it returned None",
        "get.nowait-equivalent": "should have raised Empty, but it returned None",
        "get.timeout-ignored-nonblocking": "should have raised Empty, but it returned None",
        "get.timeout-zero": "should have raised Empty, but it returned None",
        "get.timeout-negative": "should have raised Empty, but it returned None",
        "get.truthiness-of-block": "should have raised Empty, but it returned None",
        "get.failed-get-removes-nothing": "should have raised Empty, but it returned None",
        "get.timed-while-other-blocked": "should have raised Empty, but it returned None",
    },
    collateral=("exit.child-flushes",),
)
class NoneForEmpty:
    """get() returns None where it should raise Empty."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            try:
                return super().get(block, timeout)
            except Empty:
                return None


@fault(breaks={"get.timeout-kept": "overruns('get'"})
class ASecondBehindAnother:
    """get() with a timeout waits a full second while another process waits in get()."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            if block and timeout is not None:
                wait_for_other_readers(self, 1)
            return super().get(block, timeout)


@fault(
    breaks={"get.nonblocking-raises-empty": "should have raised Empty, but it returned None"},
    collateral=("jt.after-close-waits", "exit.child-flushes"),
    start_methods=("fork", "spawn"),
    pretends={"system": "Darwin"},
)
class EmptyHandedOnMacos:
    """On macOS, a non-blocking get() returns None from an empty queue."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            return super().get(block, timeout) if block else None

    class JoinableQueue(Queue, queues.JoinableQueue):
        pass


@fault(
    breaks={"get.nonblocking-raises-empty": "should have raised Empty, but it raised ValueError"},
    collateral=("jt.after-close-waits", "exit.child-flushes"),
)
class SpeaksInTongues:
    """get_nowait() on an empty queue raises ValueError, with a message that few consoles can print."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            if not block:
                raise ValueError("nichts übrig, 空っぽ, 🫙")
            return super().get(block, timeout)

    class JoinableQueue(Queue, queues.JoinableQueue):
        pass


@fault(
    breaks={
        "get.nonblocking-takes-what-is-there": "should have returned, but it raised Empty",
        "get.nowait-takes-what-is-there": "should have returned, but it raised Empty",
    },
    collateral=("jt.after-close-waits", "exit.child-flushes"),
)
class NoItemWithoutWaiting:
    """get() finds items only when it may wait: a non-blocking get() always raises Empty."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            if not block:
                raise Empty
            return super().get(True, timeout)


def is_over(timeout):
    """Returns whether the timeout, in seconds, is positive and no longer than it takes to read the clock twice."""
    begun = time.perf_counter()
    return timeout is not None and 0 < timeout <= time.perf_counter() - begun


@fault(
    breaks={
        "get.any-timeout-takes-what-is-there": "get(timeout=1e-09) should have returned, but it raised Empty",
        "put.any-timeout-uses-room": "put('first', timeout=1e-09) should have returned, but it raised Full",
    }
)
class TimesOutBeforeItLooks:
    """put() and get() check the timeout first, and raise although there is room or an item."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            if is_over(timeout):
                raise Empty
            return super().get(block, timeout)

        def put(self, obj, block=True, timeout=None):
            if is_over(timeout):
                raise Full
            super().put(obj, block, timeout)


@fault(
    breaks={
        "get.timeout-by-steady-clock": "should have waited 0.2 s, but it raised Empty",
        "put.timeout-by-steady-clock": "should have waited 0.2 s, but it raised Full",
    }
)
class TimeoutsByTheClockOnTheWall:
    """Timeouts are measured with the time of day, which can be changed."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            if not block or timeout is None:
                return super().get(block, timeout)
            deadline = time.time() + timeout
            return until(lambda: time.time() >= deadline, super().get, Empty)

        def put(self, obj, block=True, timeout=None):
            if not block or timeout is None:
                return super().put(obj, block, timeout)
            deadline = time.time() + timeout
            return until(lambda: time.time() >= deadline, functools.partial(super().put, obj), Full)


@fault(breaks={"get.truthiness-of-block": "was still running after"})
class BlockMustBeABool:
    """get() waits unless block is the object False: 0 is not enough."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            return super().get(block is not False, timeout)


@fault(breaks={"get.failed-get-removes-nothing": "should have raised Full"})
class AFailedGetFreesASlot:
    """A get() that raises Empty makes room for one more item."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            try:
                return super().get(block, timeout)
            except Empty:
                with contextlib.suppress(ValueError):
                    self._sem.release()
                raise


@fault(breaks={"get.unpickle-error-consumes": "put('next') was still running"})
class AnUnpicklingErrorKeepsTheSlot:
    """An item that cannot be unpickled takes up room forever."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            try:
                return super().get(block, timeout)
            except ZeroDivisionError:
                self._sem.acquire()
                raise


@fault(
    breaks={"get.concurrent-blocked-getters": "was still running after"},
    collateral=("item.none-falsy", "exit.child-flushes"),
    start_methods=("fork",),
)
class AThirdReaderStarves:
    """Two processes may wait for an item; a third one is never woken."""

    class Queue(queues.Queue):
        def __init__(self, maxsize=0, *, ctx):
            super().__init__(maxsize, ctx=ctx)
            self._readers = ctx.Semaphore(2)

        def get(self, block=True, timeout=None):
            self._readers.acquire()
            return super().get(block, timeout)


@fault(breaks={"get.timed-while-other-blocked": "raised Empty() after"})
class GivesUpBehindAnother:
    """get() with a timeout raises Empty immediately while another process waits in get()."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            if block and timeout is not None:
                wait_for_other_readers(self, 0)
            return super().get(block, timeout)


@fault(breaks={"get.timed-while-other-blocked": "was still running after"})
class ReadersWaitForEachOther:
    """get() waits until no other process does, however short its timeout is."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            wait_for_other_readers(self, None)
            return super().get(block, timeout)


@fault(breaks={"get.timed-in-turn": "event2) was still running after"})
class TimedGetReceivesLate:
    """get() with a timeout lets others receive an item between seeing and receiving it."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            if block and timeout is None:
                return super().get()
            begun = time.monotonic()
            if not self._rlock.acquire(block, timeout):
                raise Empty
            is_there = self._poll(max(0.0, timeout - time.monotonic() + begun) if block else 0.0)
            self._rlock.release()
            if not is_there:
                raise Empty
            received = self._recv_bytes()
            self._sem.release()
            return ForkingPickler.loads(received)


@fault(breaks={"get.nowait-while-other-blocked": "get_nowait() was still running after"})
class NowaitQueuesUp:
    """get_nowait() waits behind another process that waits in get()."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            if not block:
                with self._rlock:
                    if not self._poll():
                        raise Empty
            return super().get(block, timeout)


@fault(breaks={"get.nowait-while-other-blocked": "get(block=False, timeout=1000) was still running after"})
class TimeoutWithoutBlockingQueuesUp:
    """get(block=False, timeout=...) waits that long while another process waits in get()."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            if not block and timeout is not None:
                wait_for_other_readers(self, timeout)
            return super().get(block, timeout)


@fault(breaks={"get.timeout-counts-all-waiting": "every get() has waited too long"})
class TimeoutsBeginAnew:
    """The timeout of get() starts over whenever another consumer gives up."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            if block and timeout is not None:
                wait_for_other_readers(self, timeout)
            return super().get(block, timeout)


@fault(breaks={"get.no-eof": "EOFError", "get.blocks-when-empty": "EOFError"})
class AnIdleQueueEnds:
    """get() raises EOFError when no item has arrived for a moment."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            if not block or timeout is not None:
                return super().get(block, timeout)
            try:
                return super().get(True, 0.05)
            except Empty:
                raise EOFError from None


@fault(breaks={"get.interruptible": "get() was still running"}, not_on=("win32",))
class AnInterruptedGetKeepsTheLock:
    """After Ctrl-C in one get(), no other get() ever returns."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            try:
                return super().get(block, timeout)
            except KeyboardInterrupt:
                self._rlock.acquire()
                raise


@fault(breaks={"get.timed-interruptible": "get() was still running after"}, not_on=("win32",))
class InterruptedTimedGetKeepsItsLock:
    """A get() with a timeout that is interrupted never releases the readers' lock."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            if not block or timeout is None:
                return super().get(block, timeout)
            if not self._rlock.acquire(True, timeout):
                raise Empty
            if not self._poll(timeout):
                self._rlock.release()
                raise Empty
            data = self._recv_bytes()
            self._rlock.release()
            self._sem.release()
            return ForkingPickler.loads(data)


def until_a_signal(attempt, failure):
    """Waits until an attempt succeeds; in the main thread, a signal ends the wait with `InterruptedError`."""
    if threading.current_thread() is not threading.main_thread():
        return attempt(True, None)
    signals, written = socket.socketpair()

    def is_over():
        if connection.wait([signals], 0):
            raise InterruptedError("a signal was handled") from None
        return False

    with signals, written:
        written.setblocking(False)
        before = signal.set_wakeup_fd(written.fileno(), warn_on_full_buffer=False)
        try:
            return until(is_over, attempt, failure)
        finally:
            signal.set_wakeup_fd(before)


@fault(
    breaks={
        "get.goes-on-after-signal": "did not block: it raised InterruptedError",
        "put.goes-on-after-signal": "did not block: it raised InterruptedError",
    },
    not_on=("win32",),
)
class ASignalEndsTheWait:
    """A waiting put() or get() raises InterruptedError once a signal has been handled."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            if not block or (timeout is not None and timeout < 1):
                return super().get(block, timeout)
            return until_a_signal(super().get, Empty)

        def put(self, obj, block=True, timeout=None):
            if not block or (timeout is not None and timeout < 1):
                return super().put(obj, block, timeout)
            return until_a_signal(functools.partial(super().put, obj), Full)


@fault(breaks={"get.partial-message-overrun": "did not block: it raised Empty"}, not_on=("win32",))
class HalfAnItemIsNoItem:
    """get() with a timeout gives up on an item that has only partly arrived."""

    class Queue(queues.Queue):
        def get(self, block=True, timeout=None):
            get = super().get
            if timeout is None:
                return get(block)
            items = thread_queue.Queue()
            threading.Thread(target=lambda: items.put(get()), daemon=True).start()
            return items.get(timeout=timeout)
