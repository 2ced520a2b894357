"""Roles and items of the chapters about closing, process exit, and hazards. Like `roles` and `items`, for actors."""

import atexit
import contextlib
import itertools
import os
import signal
import threading
import time
from queue import Empty

import items
import roles

LARGE = 2_000_000
"""Size of a large item, in bytes: more than any pipe holds."""

MOMENT = 0.1
"""Seconds that a process is given to reach its next step. If they are too few, a fault may go unnoticed."""

PUT_SECONDS = 5.0
"""A put() that takes longer although there is room, in seconds, is waiting until its item has been sent."""

HOLD_SECONDS = 60.0
"""The longest time that an item is held back, in seconds; longer than any patience."""


def large():
    """An item that does not fit into any pipe: the feeder thread is busy with it until another process reads."""
    return bytes(LARGE)


def get_size(queue):
    """Gets an item and returns its length."""
    return len(queue.get())


def drain(queue):
    """Gets everything that has arrived, without waiting, and returns it as a list."""
    found = []
    while True:
        try:
            found.append(queue.get_nowait())
        except Empty:
            return found


def wait_for_data(queue):
    """Returns once the first bytes of an item have arrived."""
    while queue.empty():
        pass


def work(queue, count):
    """Gets `count` items, marks each as done, and returns them as a list."""
    found = []
    for _ in range(count):
        found.append(queue.get())
        queue.task_done()
    return found


class HeldBack:
    """An item whose pickling waits for an event, which may be set by another process; it arrives as a plain string.

    A second event, if given, is set when the pickling begins.
    """

    def __init__(self, event, text, begun=None):
        self.event = event
        self.text = text
        self.begun = begun

    def __reduce__(self):
        if self.begun is not None:
            self.begun.set()
        if not self.event.wait(HOLD_SECONDS):
            raise TimeoutError("nobody set the event")
        return str, (self.text,)


def put_held_back(queue, event, text):
    """Puts an item whose pickling waits for the event.

    If put() itself waits until the item has been pickled, the event is set here after some time. So if the event is
    already set when this returns, nothing is left to flush.
    """
    giving_up = threading.Timer(PUT_SECONDS, event.set)
    giving_up.start()
    queue.put(HeldBack(event, text))
    giving_up.cancel()
    giving_up.join()


REST = 0.05
"""Seconds that a put() pauses at one of its lines."""


class Reached:
    """Pauses a call at one of its lines, after setting an event."""

    def __init__(self, line):
        self.lines_to_go = line
        self.event = threading.Event()

    def at_line(self):
        self.lines_to_go -= 1
        if self.lines_to_go == 0:
            self.event.set()
            time.sleep(REST)


def get_and_stop(queue, line, seconds, stopped, going_on):
    """Gets an item, or "nothing" if none arrives in time, and stops at a line of get() until `going_on` is set.

    Sets `stopped` when the call has stopped at that line, or has ended. Returns the item and whether the call stopped.
    """
    lines_to_go = line

    def at_line():
        nonlocal lines_to_go
        lines_to_go -= 1
        if lines_to_go == 0:
            stopped.set()
            going_on.wait(HOLD_SECONDS)

    try:
        got = roles.line_by_line(queue.get, (True, seconds), at_line)
    except Empty:
        got = "nothing"
    finally:
        stopped.set()
    return got, lines_to_go <= 0


def put_while_sending(queue):
    """Puts two items repeatedly and returns how many were put.

    The feeder thread is busy with the first item until the put() of the second has reached a line of its code, one line
    further each time, and pauses there.
    """
    for line in itertools.count(1):
        reached = Reached(line)
        put_held_back(queue, reached.event, "first")
        if reached.event.is_set():
            return 2 * line - 1
        roles.line_by_line(queue.put, ("second",), reached.at_line)
        if not reached.event.is_set():
            reached.event.set()
            return 2 * line
    return None


def work_until_none(queue):
    """Gets items until `None` arrives, marks each as done immediately, and returns how many came before `None`."""
    count = 0
    for _ in iter(queue.get, None):
        queue.task_done()
        count += 1
    queue.task_done()
    return count


def held_back(event, text, begun=None):
    return HeldBack(event, text, begun)


class SlowToArrive:
    """An item whose unpickling waits in a process that plays `get_slowly`; it arrives as a plain string."""

    def __init__(self, text):
        self.text = text

    def __reduce__(self):
        return arrive_slowly, (self.text,)


_arrivals = []
"""Pairs of events: one says that unpickling has begun, the other that it may end."""


def arrive_slowly(text):
    for begun, opening in _arrivals:
        begun.set()
        if not opening.wait(HOLD_SECONDS):
            raise TimeoutError("nobody set the event")
    return text


def get_slowly(queue, begun, opening, **decision):
    """Gets a `SlowToArrive` item: sets `begun` when its unpickling begins, which ends after `opening` is set."""
    _arrivals.append((begun, opening))
    return queue.get(**decision)


def threads():
    """The identifiers of the threads in this process."""
    return {thread.ident for thread in threading.enumerate()}


def vanish():
    """Ends this process without any cleanup."""
    os._exit(0)


def shared_files():
    """The inode numbers of the files in shared memory; an empty list where they cannot be listed."""
    try:
        return [entry.inode() for entry in os.scandir("/dev/shm")]
    except OSError:
        return []


def put_at_exit(queue, item):
    """Registers an `atexit` handler that puts an item."""
    atexit.register(queue.put, item)


def put_unpicklable(queue):
    queue.put(items.unpicklable())


def leave_thread_behind(queue, event, item):
    """Starts a non-daemon thread, which puts an item once the event is set."""
    threading.Thread(target=_put_when, args=(queue, event, item), daemon=False).start()


def _put_when(queue, event, item):
    if event.wait(HOLD_SECONDS):
        queue.put(item)


# Process objects, for rules about what the parent does with them


def waiter(context, event):
    """A process that ends when an event is set."""
    return _started(context, _wait, event)


def producer(context, queue):
    """A process that puts a large item and then returns."""
    return _started(context, _put_large, queue)


def blocked(context, up, queue, method):
    """A process that sets an event and then makes a call that blocks; SIGINT interrupts it."""
    return _started(context, _announce_and_call, up, queue, method)


def runner(context, up, queue, opening, text):
    """A process that puts an item, held back by an event, and then does not end; SIGINT interrupts it."""
    return _started(context, _put_and_run, up, queue, opening, text)


def _started(context, target, *args):
    process = context.Process(target=target, args=args)
    process.start()
    return process


def _wait(event):
    event.wait(HOLD_SECONDS)


def _put_large(queue):
    queue.put(large())


def _interrupted(number, frame):
    """The default reaction of Python to SIGINT, for the first signal only.

    It is set explicitly because a program in the background may have inherited that SIGINT is ignored.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def _announce_and_call(up, queue, method):
    signal.signal(signal.SIGINT, _interrupted)
    up.set()
    getattr(queue, method)()


def _put_and_run(up, queue, opening, text):
    signal.signal(signal.SIGINT, _interrupted)
    put_held_back(queue, opening, text)
    up.set()
    deadline = time.monotonic() + HOLD_SECONDS
    while time.monotonic() < deadline:
        pass


def exit_code(process):
    return process.exitcode


def interrupt(process):
    """Sends SIGINT, as Ctrl-C does, unless the process has ended: its id may belong to another process by now.

    A fork server notices the end of a process before its client does.
    """
    if process.is_alive():
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGINT)


def interrupt_until_it_ends(process):
    """Sends SIGINT repeatedly: one that arrives just before the blocking system call does not wake the process."""
    while process.is_alive():
        interrupt(process)
        process.join(MOMENT)
