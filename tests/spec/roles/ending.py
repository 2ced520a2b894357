"""What actors do when a process ends, or stands still."""

import atexit
import contextlib
import os
import signal
import threading
import time

from items import blocks, patience

from roles import timing


def suspend(pid):
    """Suspends the process and returns once it has stopped, which is some time after the signal was sent."""
    os.kill(pid, signal.SIGSTOP)
    try:
        os.waitpid(pid, os.WUNTRACED)
    except ChildProcessError:  # it is a child of the fork server
        while os.path.isdir("/proc/self") and process_state(pid) not in "tTZ":
            time.sleep(0.001)  # only its parent is notified that a process has stopped


def process_state(pid):
    """The state that Linux reports for the process, as a letter: T if it is stopped."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
        return file.read().rpartition(")")[2].split()[0]


def resume(pid):
    """Resumes a suspended process."""
    os.kill(pid, signal.SIGCONT)


def send_interrupt(pid):
    """Sends SIGINT to a process, as Ctrl-C does."""
    os.kill(pid, signal.SIGINT)


def vanish():
    """Ends this process without any cleanup."""
    os._exit(0)


def flush_and_vanish(queue, item):
    """Puts the item, waits until it has been flushed, and ends the process without any cleanup."""
    queue.put(item)
    queue.close()
    queue.join_thread()
    os._exit(0)


def put_in_a_bare_fork(queue, item):
    """Forks this process without `Process`. The fork puts the item, flushes the queue and ends; it has 10 s, or
    more on a slow machine."""
    pid = os.fork()
    if pid == 0:
        signal.setitimer(signal.ITIMER_REAL, patience.stretched(10.0))  # it may have copied a lock that is locked
        try:
            queue.put(item)
            queue.close()
            queue.join_thread()
        finally:
            os._exit(0)
    os.waitpid(pid, 0)


def put_at_exit(queue, item):
    """Registers an `atexit` handler that puts an item."""
    atexit.register(queue.put, item)


def leave_thread_behind(queue, event, item):
    """Starts a non-daemon thread, which puts an item once the event is set."""
    threading.Thread(target=_put_when, args=(queue, event, item), daemon=False).start()


def _put_when(queue, event, item):
    if event.wait(patience.HOLD_SECONDS):
        queue.put(item)


def waiter(context, event):
    """A process that ends when an event is set."""
    return _started(context, _wait, event)


def producer(context, queue):
    """A process that puts a large item and then returns."""
    return _started(context, _put_large, queue)


def blocked(context, up, queue, method):
    """A process that makes a call that blocks, and sets an event once it does; SIGINT interrupts it."""
    return _started(context, _announce_and_call, up, queue, method)


def runner(context, up, queue, opening, text):
    """A process that puts an item, held back by an event, and then does not end; SIGINT interrupts it."""
    return _started(context, _put_and_run, up, queue, opening, text)


def _started(context, target, *args):
    process = context.Process(target=target, args=args)
    process.start()
    return process


def _wait(event):
    event.wait(patience.HOLD_SECONDS)


def _put_large(queue):
    queue.put(blocks.large())


def _interrupted(number, frame):
    """The default reaction of Python to SIGINT, for the first signal only.

    It is set explicitly because a program in the background may have inherited that SIGINT is ignored.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def _announce_and_call(up, queue, method):
    signal.signal(signal.SIGINT, _interrupted)
    threading.Thread(target=_announce_rest, args=(threading.current_thread(), up)).start()
    getattr(queue, method)()


def _announce_rest(thread, up):
    timing.wait_until_at_rest(thread)
    up.set()


def _put_and_run(up, queue, opening, text):
    signal.signal(signal.SIGINT, _interrupted)
    timing.put_held_back(queue, opening, text)
    up.set()
    deadline = time.monotonic() + patience.HOLD_SECONDS
    while time.monotonic() < deadline:
        time.sleep(timing.MOMENT)  # not for long: a signal that arrives just before does not end it


def exit_code(process):
    """The exit code of the process, or `None` if it has not ended."""
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
        process.join(timing.MOMENT)
