"""Roles and items of the chapters about closing, process ends and hazards. Like `roles` and `items`, for actors."""

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
"""Bytes; more than any pipe holds."""

MOMENT = 0.1
"""Seconds that a process gets to arrive at what it does next. Nothing depends on it but what a fault can hide."""

PUT_SECONDS = 5.0
"""A put() that takes longer, where there is room, waits for its item."""

HOLD_SECONDS = 60.0
"""How long an item is held back at most; longer than any patience."""


def large():
    """An item that fits into no pipe: its feeder is busy with it until somebody reads."""
    return bytes(LARGE)


def get_size(queue):
    """Gets an item; the length of it."""
    return len(queue.get())


def drain(queue):
    """Gets, without waiting, what has arrived; the list of it."""
    found = []
    while True:
        try:
            found.append(queue.get_nowait())
        except Empty:
            return found


def wait_for_data(queue):
    """Returns once the first bytes of something have arrived."""
    while queue.empty():
        pass


def work(queue, count):
    """Gets that many items and marks each as done; the list of them."""
    found = []
    for _ in range(count):
        found.append(queue.get())
        queue.task_done()
    return found


class HeldBack:
    """An item whose pickling waits for an event, also one of another process; it arrives as a plain string.

    Another event, if given, says that the pickling has begun.
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
    """Puts an item that waits for the event. A queue whose put() waits for its item sets the event itself, in the end:
    so there is nothing unflushed where it is set already."""
    giving_up = threading.Timer(PUT_SECONDS, event.set)
    giving_up.start()
    queue.put(HeldBack(event, text))
    giving_up.cancel()
    giving_up.join()


REST = 0.05
"""Seconds that a put() rests at one of its lines."""


class Reached:
    """Rests at a line of a call, and sets an event before."""

    def __init__(self, line):
        self.lines_to_go = line
        self.event = threading.Event()

    def at_line(self):
        self.lines_to_go -= 1
        if self.lines_to_go == 0:
            self.event.set()
            time.sleep(REST)


def get_and_stop(queue, line, seconds, stopped, going_on):
    """Gets an item, or "nothing" if none arrives in that time; it stops at this line of get() until the second event
    is set. Sets the first event when it has stopped, or when it is over. What it got, and whether it has stopped."""
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
    """Puts two items, again and again: the sender is at work on the first until the put() of the second has come to a
    line of its code, one line later each time, and rests there. How many were put."""
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
    """Gets items and marks each as done at once, up to None; how many came before that."""
    count = 0
    for _ in iter(queue.get, None):
        queue.task_done()
        count += 1
    queue.task_done()
    return count


def held_back(event, text, begun=None):
    return HeldBack(event, text, begun)


class SlowToArrive:
    """An item whose unpickling waits, in the process that plays `get_slowly`; it arrives as a plain string."""

    def __init__(self, text):
        self.text = text

    def __reduce__(self):
        return arrive_slowly, (self.text,)


_arrivals = []
"""Pairs of events: an arrival has begun, it may end."""


def arrive_slowly(text):
    for begun, opening in _arrivals:
        begun.set()
        if not opening.wait(HOLD_SECONDS):
            raise TimeoutError("nobody set the event")
    return text


def get_slowly(queue, begun, opening, **decision):
    """Gets an item that is slow to arrive: says when that has begun, and lets it end when the other event is set."""
    _arrivals.append((begun, opening))
    return queue.get(**decision)


def threads():
    """The threads of this process, as a set of numbers."""
    return {thread.ident for thread in threading.enumerate()}


def vanish():
    """Ends this process without any clean-up."""
    os._exit(0)


def shared_files():
    """The numbers of the shared files that the system keeps; an empty list where they cannot be seen."""
    try:
        return [entry.inode() for entry in os.scandir("/dev/shm")]
    except OSError:
        return []


def put_at_exit(queue, item):
    """Has this process put an item in an exit hook."""
    atexit.register(queue.put, item)


def put_unpicklable(queue):
    queue.put(items.unpicklable())


def leave_thread_behind(queue, event, item):
    """Starts a thread that puts an item when an event is set, and that this process waits for when it ends."""
    threading.Thread(target=_put_when, args=(queue, event, item), daemon=False).start()


def _put_when(queue, event, item):
    if event.wait(HOLD_SECONDS):
        queue.put(item)


# Process objects, for rules about what the parent does with them


def waiter(context, event):
    """A process that ends when an event is set."""
    return _started(context, _wait, event)


def producer(context, queue):
    """A process that puts a large item and is done."""
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
    """What Python does by itself; set here because a program in the background may have inherited that SIGINT is
    ignored, and for the first signal only."""
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
    """Sends what Ctrl-C sends, unless the process has ended: its number may be another's by now. A fork server hears of
    an end before its client does."""
    if process.is_alive():
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGINT)


def interrupt_until_it_ends(process):
    """A signal that arrives between Python's last look and the system call that blocks wakes nobody: the next does."""
    while process.is_alive():
        interrupt(process)
        process.join(MOMENT)
