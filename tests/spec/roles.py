"""What actors do beyond a single call. A role runs in the actor, with the queue as its first argument."""

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
    """Puts the items, one after another."""
    for item in items:
        queue.put(item)


def get_many(queue, count):
    """Gets `count` items and returns them as a list."""
    return [queue.get() for _ in range(count)]


def increment(queue, loops):
    """Takes the value out of the queue, adds one, and puts it back, `loops` times: the worker of the article."""
    for _ in range(loops):
        value = queue.get()
        value += 1
        queue.put(value)


def event(context):
    """An event of the context."""
    return context.Event()


LONG = 100_000
"""Length of a long item, in characters: more than fits into a pipe."""


def put_long(queue, items):
    """Puts the pairs, each with a string that does not fit into a pipe."""
    for producer, number in items:
        queue.put((producer, number, "." * LONG))


def get_long(queue, count):
    """Gets `count` long items and returns their pairs; for a damaged item, a string that shows what arrived."""
    items = [queue.get() for _ in range(count)]
    return [item[:2] if item[2:] == ("." * LONG,) else f"part of {item!r:.50}" for item in items]


def put_and_vanish(queue, item):
    """Puts an item and immediately ends the process, without flushing, closing, or joining anything."""
    queue.put(item)
    os._exit(0)


def queue_of(manager):
    """A queue of the manager."""
    return manager.Queue()


def put_without_threads(queue, item):
    """Puts an item while no thread can be started; returns whether the queue accepted it."""
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
    """Puts an item; reports an `EOFError` as `ConnectionError`, because the other side has closed the connection."""
    try:
        queue.put(item)
    except EOFError as error:
        raise ConnectionError("the other side has closed the connection") from error


def put_by_a_proxy_that_was_away(manager):
    """Pickles a proxy without keeping one, then unpickles it and puts an item through it."""
    sent = pickle.dumps(manager.Queue())
    gc.collect()
    pickle.loads(sent).put("a")


def let_a_child_keep_a_queue(manager, context):
    """Passes a queue to a process and deletes its own proxy, then lets the process use it; returns its exit code."""
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
    """Gets an item, or returns "an error" if get() raises an exception."""
    try:
        return queue.get()
    except Exception:
        return "an error"


def drop_one_of_two_queues(manager):
    """Uses two queues, deletes one, and returns the item that it gets from the other."""
    queue, other = manager.Queue(), manager.Queue()
    for one in (queue, other):
        one.put("kept")
    del one, other
    gc.collect()
    return queue.get()


def send_interrupt(pid):
    os.kill(pid, signal.SIGINT)


def put_into_what_arrives(carrier, item):
    """Gets a queue from the carrier and puts an item into it."""
    carrier.get().put(item)


def put_from_a_spawned_process(queue, context, item):
    """Puts an item from a spawned process and returns its exit code."""
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
    """Gets items until `None` arrives and returns those before it."""
    return list(iter(queue.get, None))


def put_until_full(queue, at_most):
    """Puts up to `at_most` items without waiting, until the queue is full; returns how many it accepted."""
    for count in range(at_most):
        try:
            queue.put_nowait(count)
        except thread_queue.Full:
            return count
    return at_most


def get_size(queue, *args, **kwargs):
    """Gets an item that is too large for the judge's channel and returns its length."""
    return len(queue.get(*args, **kwargs))


def count_threads():
    """The number of threads in this process."""
    return threading.active_count()


def interrupted(queue, signal_now, method, *args):
    """Calls a method of the queue and, once the event is set, interrupts it as Ctrl-C does.

    Returns whether the interrupt ended the call. A signal that arrives after Python has checked for signals, but before
    the system call blocks, wakes nobody; so it is sent repeatedly, and the first one that is noticed counts.
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
    """Suspends the process and returns once it has stopped, which is some time after the signal was sent."""
    os.kill(pid, signal.SIGSTOP)
    try:
        os.waitpid(pid, os.WUNTRACED)
    except ChildProcessError:  # it is a child of the fork server
        while os.path.isdir("/proc/self") and process_state(pid) not in "tTZ":
            pass


def process_state(pid):
    """The state that Linux reports for the process, as a letter: T if it is stopped."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
        return file.read().rpartition(")")[2].split()[0]


def resume(pid):
    os.kill(pid, signal.SIGCONT)


def wait_until_something_arrives(queue):
    """Polls the queue until it is not empty."""
    while queue.empty():
        pass


def put_and_tell(queue, done, items):
    """Puts the items and releases the semaphore after each put() has returned."""
    for item in items:
        queue.put(item)
        done.release()


def get_and_count(queue, done, count, maxsize, quiet):
    """Gets `count` items, each one only after as many put() calls have returned as the queue has room for.

    Returns a pair for the moment before each get(): the items taken so far, and the put() calls that had returned.
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
    """Puts the numbers from 0 to `count` - 1, every second one together with a large amount of data."""
    for number in range(count):
        queue.put((number, bytes(5 if number % 2 else 200_000)))


def get_numbers(queue, count):
    """Gets `count` of these items and returns their numbers."""
    return [queue.get()[0] for _ in range(count)]


def get_until_stop(queue):
    """Gets items until the string "STOP" arrives and returns those before it."""
    return list(iter(queue.get, "STOP"))


def square(tasks, results):
    """A worker of a pool: puts the square of each number that it gets, until the string "STOP" arrives."""
    for number in iter(tasks.get, "STOP"):
        results.put(number * number)


def work_off(queue, done):
    """A worker that releases the semaphore and calls task_done() for each task, until `None` arrives."""
    for _ in iter(queue.get, None):
        done.release()
        queue.task_done()


def count_released(semaphore):
    """The number of times that the semaphore can be acquired without waiting."""
    count = 0
    while semaphore.acquire(False):
        count += 1
    return count


def semaphore(context, value):
    """A semaphore of the context."""
    return context.Semaphore(value)


LIMITS = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
"""Timeouts for `overruns`, in seconds: no machine delays seven calls in a row by half of their timeout."""


def overruns(queue, method, *args, timeouts):
    """Calls a method of the queue with one timeout after another, until a call overruns its timeout by less than half.

    Returns `None` if there was such a call; otherwise, a list of all timeouts, each with the time that the call took.
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


def put_and_get_with_a_slow_thread(queue, items, pause=0.005):
    """Puts and gets items while the feeder thread pauses at each of its lines, with a longer wait after each item.

    In this way, put() meets the feeder thread at every point of its work. Returns the items as a list.
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
    """Puts an item and then keeps the CPU busy until the event is set."""
    queue.put(item)
    while not over.is_set():
        for _ in range(10_000):
            pass


def defaults_of(queue, method):
    """The default values of `block` and `timeout`, by name.

    Where the signature does not have them as numbers, they are assumed to be the documented ones.
    """
    documented = {"block": True, "timeout": None}
    try:
        parameters = inspect.signature(getattr(queue, method)).parameters
    except (TypeError, ValueError):
        return documented
    said = {name: parameters[name].default for name in documented if name in parameters}
    return {**documented, **{name: said[name] for name in said if isinstance(said[name], (int, float))}}
