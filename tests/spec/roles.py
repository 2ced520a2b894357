"""What actors do that no single call can say. A role runs in the actor, with the queue as its first argument."""

import gc
import inspect
import itertools
import os
import pickle
import queue as thread_queue
import signal
import sys
import threading
import time


def put_all(queue, items):
    """Puts these items, one after the other."""
    for item in items:
        queue.put(item)


def get_many(queue, count):
    """Gets that many items; the list of them."""
    return [queue.get() for _ in range(count)]


def increment(queue, loops):
    """Takes the value out of the queue, adds one and puts it back, that many times: the founding article's worker."""
    for _ in range(loops):
        value = queue.get()
        value += 1
        queue.put(value)


def event(context):
    """An event of this context."""
    return context.Event()


LONG = 100_000
"""Characters of a long item: more than a pipe takes at once."""


def put_long(queue, items):
    """Puts these pairs, each with so much text that it is longer than a pipe."""
    for producer, number in items:
        queue.put((producer, number, "." * LONG))


def get_long(queue, count):
    """The pairs of that many long items; of one that is not whole, what there is of it."""
    items = [queue.get() for _ in range(count)]
    return [item[:2] if item[2:] == ("." * LONG,) else f"part of {item!r:.50}" for item in items]


def put_and_vanish(queue, item):
    """Puts an item and ends the process at once, with nothing flushed, closed or joined."""
    queue.put(item)
    os._exit(0)


def queue_of(manager):
    """A queue of this manager."""
    return manager.Queue()


def put_without_threads(queue, item):
    """Puts an item while no thread can be started; whether the queue took it."""
    start = threading.Thread.start
    threading.Thread.start = _refuse_to_start
    try:
        queue.put(item)
    except RuntimeError:
        return False
    finally:
        threading.Thread.start = start
    return True


def _refuse_to_start(thread):
    raise RuntimeError("no thread can be started")


def put_at_the_end(queue, item):
    """Puts; a conversation that the other side has ended counts as the connection error it is."""
    try:
        queue.put(item)
    except EOFError as error:
        raise ConnectionError("the other side has ended the conversation") from error


def put_by_a_proxy_that_was_away(manager):
    """Sends a proxy off without keeping one, and puts by what comes back."""
    sent = pickle.dumps(manager.Queue())
    gc.collect()
    pickle.loads(sent).put("a")


def let_a_child_keep_a_queue(manager, context):
    """Gives a queue to a process and lets go of it; the exit code of the process, which uses the queue then."""
    queue, up, dropped = manager.Queue(), context.Event(), context.Event()
    process = context.Process(target=_put_and_get_when, args=(queue, up, dropped))
    process.start()
    up.wait()
    del queue
    gc.collect()
    dropped.set()
    process.join()
    return process.exitcode


def _put_and_get_when(queue, up, dropped):
    up.set()
    dropped.wait()
    queue.put("kept")
    queue.get()


def get_or_be_told(queue):
    """Gets an item; "an error" if the manager tells of one instead."""
    try:
        return queue.get()
    except Exception:
        return "an error"


def drop_one_of_two_queues(manager):
    """Uses two queues, lets go of one, and goes on with the other; what comes out of it."""
    queue, other = manager.Queue(), manager.Queue()
    for one in (queue, other):
        one.put("kept")
    del one, other
    gc.collect()
    return queue.get()


def send_interrupt(pid):
    os.kill(pid, signal.SIGINT)


def put_into_what_arrives(carrier, item):
    """Gets a queue from this one, and puts into it."""
    carrier.get().put(item)


def put_from_a_spawned_process(queue, context, item):
    """Puts from a process that was spawned; its exit code."""
    process = context.get_context("spawn").Process(target=put_all, args=(queue, [item]))
    process.start()
    process.join()
    return process.exitcode


def equals(queue, other):
    return bool(queue == other)


def text(queue):
    return str(queue)


def representation(queue):
    return repr(queue)


def get_until_none(queue):
    """Gets items until None comes; the list of those before it."""
    return list(iter(queue.get, None))


def put_until_full(queue, at_most):
    """Puts items without waiting until the queue is full, at most so many; how many it took."""
    for count in range(at_most):
        try:
            queue.put_nowait(count)
        except thread_queue.Full:
            return count
    return at_most


def get_size(queue, *args, **kwargs):
    """Gets an item that is too large for the judge's channel; its length."""
    return len(queue.get(*args, **kwargs))


def count_threads():
    """How many threads this process has."""
    return threading.active_count()


def interrupted(queue, signal_now, method, *args):
    """Calls a method of the queue, and is interrupted as by Ctrl-C when the event is set; whether that ended the call.

    A signal that arrives between Python's last look and the system call that blocks wakes nobody: it is sent again
    and again, and the first that is noticed counts.
    """
    noticed = []
    over = threading.Event()
    main = threading.get_ident()

    def notice(number, frame):
        if not noticed:
            noticed.append(number)
            raise KeyboardInterrupt

    def interrupt():
        signal_now.wait()
        signal.pthread_kill(main, signal.SIGINT)
        while not over.wait(0.05):
            signal.pthread_kill(main, signal.SIGINT)

    signal.signal(signal.SIGINT, notice)
    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        getattr(queue, method)(*args)
        return False
    except KeyboardInterrupt:
        return True
    finally:
        over.set()
        thread.join()


def suspend(pid):
    """Suspends this process; returns when it stands still, which is some time after the signal was sent."""
    os.kill(pid, signal.SIGSTOP)
    try:
        os.waitpid(pid, os.WUNTRACED)
    except ChildProcessError:  # it is a child of the fork server
        while os.path.isdir("/proc/self") and process_state(pid) not in "tTZ":
            pass


def process_state(pid):
    """The letter that Linux shows for this process: T for one that is stopped."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
        return file.read().rpartition(")")[2].split()[0]


def resume(pid):
    os.kill(pid, signal.SIGCONT)


def wait_until_something_arrives(queue):
    """Looks at the queue until it is not empty."""
    while queue.empty():
        pass


def put_and_tell(queue, done, items):
    """Puts these items, and releases the semaphore each time that a put has returned."""
    for item in items:
        queue.put(item)
        done.release()


def get_and_count(queue, done, count, maxsize, quiet):
    """Gets that many items, each only when as many puts have returned as there is room for.

    The moments before each get: pairs of items got and puts that had returned by then.
    """
    samples = []
    returned = 0
    for got in range(count):
        while returned < min(got + maxsize, count):
            done.acquire()
            returned += 1
        while done.acquire(False) if got else done.acquire(True, quiet):
            returned += 1
        samples.append((got, returned))
        queue.get()
    return samples


def put_mixed_sizes(queue, count):
    """Puts the numbers from 0, every second one with a large piece of data."""
    for number in range(count):
        queue.put((number, bytes(5 if number % 2 else 200_000)))


def get_numbers(queue, count):
    """Gets that many of them; the numbers."""
    return [queue.get()[0] for _ in range(count)]


def get_until_stop(queue):
    """Gets items until the text STOP comes; the list of those before it."""
    return list(iter(queue.get, "STOP"))


def square(tasks, results):
    """A worker of a pool: passes on the square of each number it is given, until the text STOP comes."""
    for number in iter(tasks.get, "STOP"):
        results.put(number * number)


def work_off(queue, done):
    """A worker that reports: does each task, which is to release the semaphore, and calls task_done, until None."""
    for _ in iter(queue.get, None):
        done.release()
        queue.task_done()


def count_released(semaphore):
    """How often the semaphore can be acquired without waiting."""
    count = 0
    while semaphore.acquire(False):
        count += 1
    return count


def semaphore(context, value):
    """A semaphore of this context."""
    return context.Semaphore(value)


LIMITS = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
"""Time-outs for `overruns`: no machine makes seven calls in a row late by half of what they may take."""


def overruns(queue, method, *args, timeouts):
    """Calls a method of the queue with one time-out after the other, until one is overrun by less than half.

    None if there was such a one; else all of them, each with what it took.
    """
    late = []
    for timeout in timeouts:
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
    """Calls a method of the queue, and rests at each of its lines and of those that it calls itself; what it returned.

    What is done in several steps can be met by others between any two of them.
    """
    return line_by_line(getattr(queue, method), args, lambda: time.sleep(pause))


def line_by_line(call, args, at_line):
    """Calls it, and the other function before each of its lines and of those that it calls itself; what it returned."""
    gc.collect()  # or finalizers of what earlier tests left would be called between its lines, and rest there too
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
    """Calls a method of the queue while each look at the time of day finds an hour more than the one before."""
    real, hours = time.time, itertools.count()
    time.time = lambda: real() + 3600.0 * next(hours)
    try:
        return getattr(queue, method)(*args, **kwargs)
    finally:
        time.time = real


def among_signals(queue, method, *args, **kwargs):
    """Calls a method of the queue while signals arrive all the time that this process handles, and goes on after."""
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
    """Puts an item; until somebody has said that it is taken, signals arrive in all threads of this process."""
    signal.signal(signal.SIGUSR1, _go_on)
    sender = threading.Thread(target=_send_signals, args=(taken,))
    sender.start()
    queue.put(item)
    sender.join()


def _go_on(number, frame):
    """Handles a signal, and changes nothing."""


def _send_signals(over):
    """Sends a signal to every other thread again and again, until the event is set."""
    while not over.wait(0.01):
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and thread.ident is not None:
                signal.pthread_kill(thread.ident, signal.SIGUSR1)


SENDING = 4
"""How deep in the calls of its thread the work of a sender may be: the three of any thread, and one of its own."""


def put_and_get_with_a_slow_thread(queue, items, pause=0.005):
    """Puts items while the thread that sends them rests at each of its lines: later and later after the last was got.

    So the sender is met at any point of its work. The list of what was got.
    """

    def rest(frame, event, argument):
        if event == "line":
            time.sleep(pause)
        return rest

    def enter(frame, event, argument):
        depth, caller = 1, frame.f_back
        while caller is not None:
            depth, caller = depth + 1, caller.f_back
        return rest if depth <= SENDING else None

    got = []
    threading.settrace(enter)
    try:
        for number, item in enumerate(items):
            queue.put(item)
            got.append(queue.get())
            time.sleep(number * pause)
    finally:
        threading.settrace(None)
    return got


def put_and_be_busy(queue, item, over):
    """Puts an item and works on, without a pause, until the event is set."""
    queue.put(item)
    while not over.is_set():
        for _ in range(10_000):
            pass


def defaults_of(queue, method):
    """What this method does when it is not told whether and how long to wait. Where its signature does not say so with
    a number or None, as documented."""
    documented = {"block": True, "timeout": None}
    try:
        parameters = inspect.signature(getattr(queue, method)).parameters
    except (TypeError, ValueError):
        return documented
    said = {name: parameters[name].default for name in documented if name in parameters}
    return {**documented, **{name: said[name] for name in said if isinstance(said[name], (int, float))}}
