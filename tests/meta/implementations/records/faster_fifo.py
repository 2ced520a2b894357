"""Shows, without queuespec, what the expected deviations of faster-fifo rest on.

``python faster_fifo.py`` shows each fact in a process of its own; ``python faster_fifo.py NAME`` shows one.
"""

import copy
import inspect
import multiprocessing
import os
import queue
import signal
import subprocess
import sys
import threading
import time

sys.path[:] = [entry for entry in sys.path if os.path.realpath(entry) != os.path.dirname(os.path.realpath(__file__))]
import faster_fifo  # noqa: E402

FORK = multiprocessing.get_context("fork")
PATIENCE = 60.0
"""Timeout for a fact, in seconds."""


def default_timeouts():
    """The default timeout of put() and get() is 10 s."""
    for method in (faster_fifo.Queue.put, faster_fifo.Queue.get):
        assert inspect.signature(method).parameters["timeout"].default == 10.0
    began = time.monotonic()
    _raised(queue.Empty, faster_fifo.Queue().get)
    assert 9 < time.monotonic() - began < 10 + PATIENCE


def timeout_none():
    """A timeout of None raises TypeError."""
    full = faster_fifo.Queue(maxsize=1)
    _raised(TypeError, full.get, True, None)
    full.put("item")
    _raised(TypeError, full.put, "item", True, None)


def name_of_the_item():
    """The first parameter of put() and put_nowait() is not named obj."""
    one = faster_fifo.Queue()
    _raised(TypeError, one.put, obj="item", block=True, timeout=0.1)
    _raised(TypeError, one.put_nowait, obj="item")
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
        _raised((queue.Empty, queue.Full), method, *args)
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
    _raised(queue.Empty, one.get_nowait)
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
    _raised(TypeError, copy.deepcopy, one)


def maxsize_cut():
    """The fraction of a maxsize is cut off."""
    one = faster_fifo.Queue(maxsize=1.5)
    one.put("item")
    assert one.full()
    _raised(queue.Full, one.put_nowait, "item")
    _raised(TypeError, faster_fifo.Queue, maxsize="3")


def _raised(kind, function, *args, **kwargs):
    """The exception of this kind that a call raises."""
    try:
        value = function(*args, **kwargs)
    except kind as error:
        return error
    raise AssertionError(f"it returned {value!r}")


def _exits_by_what_arrives(one):
    sys.exit(0 if one.get() == "item" else 1)


def _main(name=None):
    if name is not None:
        globals()[name]()
        return
    facts = [value for value in globals().values() if getattr(value, "__module__", "") == __name__]
    for fact in facts:
        if not fact.__name__.startswith("_"):
            command = [sys.executable, os.path.abspath(__file__), fact.__name__]
            subprocess.run(command, cwd=os.sep, check=True, timeout=PATIENCE)
            print(fact.__doc__.partition("\n")[0])


if __name__ == "__main__":
    _main(*sys.argv[1:])
