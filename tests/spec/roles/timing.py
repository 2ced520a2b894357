"""What actors do slowly, among signals, or with a stopwatch. The queue is the first argument.

A pause between the steps of a call lets others meet it there. Its length proves nothing: a correct queue conforms with
any pause that patience allows, and a pause that is too short shows a wrong queue less often.
"""

import gc
import inspect
import itertools
import queue as thread_queue
import signal
import sys
import threading
import time
from queue import Empty

from items import gates, patience

LIMITS = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
"""Timeouts for `overruns`, in seconds: no machine delays seven calls in a row by half of their timeout."""


def overruns(queue, method, *args, timeouts):
    """Calls a method of the queue with one timeout after another, until a call overruns its timeout by less than half.

    Returns `None` if there was such a call; otherwise, a list of all timeouts, each with the time that the call took.
    """
    late = []
    for timeout in map(patience.stretched, timeouts):
        begun = time.monotonic()
        try:
            getattr(queue, method)(*args, timeout=timeout)
        except (thread_queue.Full, thread_queue.Empty):
            pass
        else:
            return f"{method}() did not wait for {timeout} s: it returned"
        taken = time.monotonic() - begun
        if taken < 1.5 * timeout:
            return None
        late.append((timeout, round(taken, 3)))
    return late


def in_slow_motion(queue, method, *args, pause=0.02):
    """Calls a method of the queue, pausing at each of its lines and at each line of the functions it calls directly.

    Returns what the method returned. If an operation takes several steps, others can interfere between any two of them.
    """
    return line_by_line(getattr(queue, method), args, lambda: time.sleep(pause))


def line_by_line(call, args, at_line):
    """Makes a call and runs `at_line` before each of its lines and of the functions it calls directly."""
    gc.collect()  # otherwise, finalizers of what earlier tests left could run between its lines and pause as well
    here = inspect.currentframe()

    def stop(frame, event, argument):
        if event == "line":
            at_line()
        return stop

    def enter(frame, event, argument):
        caller = frame.f_back
        return stop if caller is here or (caller is not None and caller.f_back is here) else None

    sys.settrace(enter)
    try:
        return call(*args)
    finally:
        sys.settrace(None)


def while_the_clock_is_changed(queue, method, *args, **kwargs):
    """Calls a method of the queue while `time.time()` advances by an hour with every call."""
    real, hours = time.time, itertools.count()
    time.time = lambda: real() + 3600.0 * next(hours)
    try:
        return getattr(queue, method)(*args, **kwargs)
    finally:
        time.time = real


def among_signals(queue, method, *args, **kwargs):
    """Calls a method of the queue while the process keeps receiving signals, with a handler that simply returns."""
    over = threading.Event()
    signal.signal(signal.SIGUSR1, _go_on)
    sender = threading.Thread(target=_send_signals, args=(over,))
    sender.start()
    try:
        return getattr(queue, method)(*args, **kwargs)
    finally:
        over.set()
        sender.join()


def put_among_signals(queue, taken, item):
    """Puts an item; all threads of this process receive signals until the event says that the item was taken."""
    signal.signal(signal.SIGUSR1, _go_on)
    sender = threading.Thread(target=_send_signals, args=(taken,))
    sender.start()
    queue.put(item)
    sender.join()


def put_among_its_own_puts(queue, item, signal_item):
    """Puts an item; at each line of that call, a signal arrives whose handler puts another one."""

    def put_another(number, frame):
        queue.put(signal_item)

    signal.signal(signal.SIGUSR1, put_another)
    line_by_line(queue.put, [item], lambda: signal.raise_signal(signal.SIGUSR1))


def _go_on(number, frame):
    """Handles a signal without doing anything."""


def _send_signals(over):
    """Sends signals to every other thread repeatedly until the event is set."""
    while not over.wait(0.01):
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and thread.ident is not None:
                signal.pthread_kill(thread.ident, signal.SIGUSR1)


SENDING = 4
"""The call depth of a feeder thread's own code: three calls that every thread makes, and one of its own."""

LINES = 60
"""More lines than a feeder thread performs for an item."""


class Stepper:
    """Stops a thread at one of its next lines, for `seconds` or until `going` is set; `reached` is set meanwhile."""

    def __init__(self, seconds=0.05):
        self.seconds = seconds
        self.lines_to_go = 0
        self.reached, self.going = threading.Event(), threading.Event()

    def stops_at(self, line):
        """Counts lines from now on."""
        self.reached.clear()
        self.going.clear()
        self.lines_to_go = line

    def at_line(self):
        """Counts a line and stops at the chosen one."""
        self.lines_to_go -= 1
        if self.lines_to_go == 0:
            self.reached.set()
            self.going.wait(self.seconds)


def put_to_a_stopped_thread(queue, rest=0.02, quiet=0.3):
    """Puts items while the feeder thread stands still: first at the first line that it performs for an item, and so on.

    Puts the numbers from zero on, and returns what was received. Ends with the first line that the thread does not
    reach within `quiet` seconds: it has gone to sleep before. If it needs more than `rest` seconds for that, it merely
    stops at another line than the next one.
    """
    stepper, got, numbers = Stepper(), [], itertools.count()

    def trace(frame, event, argument):
        if event == "line":
            stepper.at_line()
        return trace

    def enter(frame, event, argument):
        depth, caller = 1, frame.f_back
        while caller is not None:
            depth, caller = depth + 1, caller.f_back
        return trace if depth <= SENDING else None

    threading.settrace(enter)
    try:
        for line in range(1, LINES):
            stepper.stops_at(line)
            queue.put(next(numbers))
            stopped = stepper.reached.wait(quiet)
            if stopped:
                queue.put(next(numbers))
                stepper.going.set()
                got.append(queue.get())
            got.append(queue.get())
            if not stopped:
                break
            time.sleep(rest)
    finally:
        threading.settrace(None)
    return got


def put_and_be_busy(queue, item, over):
    """Puts an item and then keeps the CPU busy until the event is set."""
    queue.put(item)
    while not over.is_set():
        for _ in range(10_000):
            pass


def interrupted(queue, signal_now, method, *args):
    """Calls a method of the queue and, once the event is set and the call is at rest, interrupts it as Ctrl-C does.

    Returns whether the interrupt ended the call. A signal that arrives after Python has checked for signals, but before
    the system call blocks, wakes nobody; so it is sent repeatedly, and the first one counts that the call notices.
    """
    inside, over = False, threading.Event()
    main, ident = threading.current_thread(), threading.get_ident()

    def notice(number, frame):
        nonlocal inside
        if inside:
            inside = False
            raise KeyboardInterrupt

    def interrupt():
        signal_now.wait()
        wait_until_at_rest(main)
        while not over.is_set():
            signal.pthread_kill(ident, signal.SIGINT)
            over.wait(0.05)

    before = signal.signal(signal.SIGINT, notice)
    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        inside = True
        getattr(queue, method)(*args)
        return False
    except KeyboardInterrupt:
        return True
    finally:
        inside = False
        over.set()
        thread.join()
        signal.signal(signal.SIGINT, before)


LOOKS, BETWEEN = 100, 0.05
"""How often it is looked whether a thread is at rest, which a queue may wait without, and the seconds in between."""


def wait_until_at_rest(thread):
    """Waits until a thread stands still at one place of its code, in a call that blocks, as far as can be seen.

    Earlier, a signal would meet other steps of the call than the wait.
    """
    before = None
    for _ in range(LOOKS):
        frame = sys._current_frames().get(thread.ident)
        place = frame and (id(frame), frame.f_lasti)
        del frame
        if place == before and not _runs(thread):
            return
        before = place
        time.sleep(BETWEEN)


def _runs(thread):
    """Whether a thread runs, or waits for a processor, as far as the system says."""
    try:
        with open(f"/proc/self/task/{thread.native_id}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[0] == b"R"
    except OSError:
        return False


REST = 0.05
"""Seconds that a put() pauses at one of its lines."""


class Reached:
    """Pauses a call at one of its lines, after setting an event."""

    def __init__(self, line):
        self.lines_to_go = line
        self.event = threading.Event()

    def at_line(self):
        """Counts a line of the call; at the chosen one, sets the event and pauses for `REST` seconds."""
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
            going_on.wait(patience.HOLD_SECONDS)

    try:
        got = line_by_line(queue.get, (True, seconds), at_line)
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
        line_by_line(queue.put, ("second",), reached.at_line)
        if not reached.event.is_set():
            reached.event.set()
            return 2 * line
    return None


MOMENT = 0.1
"""Seconds that a process is given to reach its next step. If they are too few, a fault may go unnoticed."""


PUT_SECONDS = 5.0
"""A put() that takes longer although there is room, in seconds, is waiting until its item has been sent."""


def put_held_back(queue, event, text, bad=False):
    """Puts an item whose pickling waits for the event, and fails then if it is a bad one.

    If put() itself waits until the item has been pickled, the event is set here after some time. So if the event is
    already set when this returns, nothing is left to flush.
    """
    giving_up = threading.Timer(patience.stretched(PUT_SECONDS), event.set)
    giving_up.start()
    try:
        queue.put((gates.HeldBackAndBad if bad else gates.HeldBack)(event, text))
    finally:
        giving_up.cancel()
        giving_up.join()
