"""Shows, without queuespec, what the expected deviations of faster-fifo rest on.

``python faster_fifo_record.py`` shows each fact in a process of its own, and with a name after it, that one.
"""

import copy
import inspect
import multiprocessing
import os
import queue
import signal
import sys
import threading
import time

import faster_fifo
from showing import PATIENCE, raised, show_each

FORK = multiprocessing.get_context("fork")


def default_timeouts():
    """The default timeout of put() and get() is 10 s."""
    for method in (faster_fifo.Queue.put, faster_fifo.Queue.get):
        assert inspect.signature(method).parameters["timeout"].default == 10.0
    began = time.monotonic()
    assert raised(faster_fifo.Queue().get) is queue.Empty
    assert 9 < time.monotonic() - began < 10 + PATIENCE


def timeout_none():
    """A timeout of None raises TypeError."""
    full = faster_fifo.Queue(maxsize=1)
    assert raised(full.get, True, None) is TypeError
    full.put("item")
    assert raised(full.put, "item", True, None) is TypeError


def name_of_the_item():
    """The first parameter of put() and put_nowait() is not named obj."""
    one = faster_fifo.Queue()
    assert raised(one.put, obj="item", block=True, timeout=0.1) is TypeError
    assert raised(one.put_nowait, obj="item") is TypeError
    one.put(x="item")


def no_signal_while_waiting():
    """A call waits in C, where no signal is handled until its timeout has expired."""
    handled = []
    signal.signal(signal.SIGUSR1, lambda number, frame: handled.append(time.monotonic()))
    full = faster_fifo.Queue(maxsize=1)
    full.put("item")
    for method, args in ((faster_fifo.Queue().get, (True, 2)), (full.put, ("item", True, 2))):
        timer = threading.Timer(0.5, signal.pthread_kill, (threading.get_ident(), signal.SIGUSR1))
        timer.start()
        began = time.monotonic()
        assert raised(method, *args) in (queue.Empty, queue.Full)
        timer.join()
        assert handled.pop() - began > 1.5
        assert not handled


def negative_timeout():
    """A negative timeout is converted to an unsigned integer, which on x86 is a wait of many years."""
    child = FORK.Process(target=faster_fifo.Queue().get, args=(True, -1))
    child.start()
    child.join(3)
    waits = child.is_alive()
    child.kill()
    child.join()
    assert waits


def closed_is_usable():
    """close() only sets a flag, which no other method looks at."""
    one = faster_fifo.Queue()
    one.close()
    assert one.is_closed()
    one.put("item")
    child = FORK.Process(target=_exits_by_what_arrives, args=(one,))
    child.start()
    child.join(PATIENCE)
    assert child.exitcode == 0
    assert raised(one.get_nowait) is queue.Empty
    spawned = multiprocessing.get_context("spawn").Process(target=_exits_by_what_arrives, args=(one,))
    one.put("item")
    spawned.start()
    spawned.join(PATIENCE)
    assert spawned.exitcode == 0


def descriptors_of_closed():
    """A queue keeps the open files of its memory until it is garbage collected, even if it is closed."""
    before = len(os.listdir("/proc/self/fd"))
    queues = [faster_fifo.Queue(10_000_000) for _ in range(3)]
    for one in queues:
        one.close()
        one.join_thread()
    assert len(os.listdir("/proc/self/fd")) - before >= 3


def join_thread_without_close():
    """join_thread() does nothing, since there is no feeder thread."""
    assert faster_fifo.Queue().join_thread() is None


def copies():
    """copy.copy() makes a second object with the same ring, and pickling fails with TypeError, at the memory."""
    one = faster_fifo.Queue()
    other = copy.copy(one)
    other.put("item")
    assert one.get() == "item"
    assert raised(copy.deepcopy, one) is TypeError


def maxsize_cut():
    """The fraction of a maxsize is cut off."""
    one = faster_fifo.Queue(maxsize=1.5)
    one.put("item")
    assert one.full()
    assert raised(one.put_nowait, "item") is queue.Full
    assert raised(faster_fifo.Queue, maxsize="3") is TypeError


def _exits_by_what_arrives(one):
    sys.exit(0 if one.get() == "item" else 1)


if __name__ == "__main__":
    show_each()
