"""What actors do with a manager and its queues."""

import gc
import os
import pickle
import signal
import sys
import tempfile
import threading
import time

from items import patience, pickling

BARE_FORK_SECONDS = 0.3
"""Seconds that a fork has to send its request; the manager serves it only after that."""

VANISH_SECONDS = 0.3
"""Seconds that a process has to begin to wait in get(). If they are too few, a fault may go unnoticed."""

REST = 0.01
"""Seconds between two questions to a server, in which it goes on."""

COLLECTIONS = 3
"""Times to run a garbage collector until it has found everything: PyPy's may not call all callbacks the first time."""


def queue_of(manager):
    """A queue of the manager."""
    return manager.Queue()


def shut_down(manager):
    """Shuts the manager down."""
    manager.shutdown()


def killed(manager):
    """Kills the process of the manager."""
    queue = manager.Queue()
    queue.put(pickling.where_it_is_rebuilt())
    os.kill(queue.get(), getattr(signal, "SIGKILL", signal.SIGTERM))


def wait_in_a_bare_fork(queue):
    """Forks this process without `Process`. The fork waits in get() until a timer ends it."""
    pid = os.fork()
    if pid == 0:
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_REAL, patience.stretched(BARE_FORK_SECONDS))
            queue.get()
        finally:
            os._exit(0)
    os.waitpid(pid, 0)


def put_by_a_proxy_that_was_away(manager):
    """Pickles a proxy without keeping one, then unpickles it and puts an item through it."""
    sent = pickle.dumps(manager.Queue())
    gc.collect()
    pickle.loads(sent).put("a")


def vanish_in_get(queue):
    """Waits in get() until this process ends without any cleanup, a moment later."""
    threading.Timer(patience.stretched(VANISH_SECONDS), os._exit, [0]).start()
    queue.get()


def threads_of_server(queue):
    """The number of threads in the process that unpickles the items of the queue, which is empty."""
    queue.put(pickling.ThreadsThere())
    return queue.get()


def threads_end(queue, known, seconds):
    """Waits up to `seconds` until the server has no more than `known` threads; returns how many more there are."""
    deadline = time.monotonic() + patience.stretched(seconds)
    while True:
        more = threads_of_server(queue) - known
        if more <= 0 or time.monotonic() > deadline:
            return max(0, more)
        time.sleep(REST)


def put_and_drop(manager, seconds):
    """Puts an item into a queue and drops the queue; reports whether the manager lets the item go within `seconds`.

    Where the server does not unpickle items, it holds none, and there is nothing to observe.
    """
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "light")
        queue, other = manager.Queue(), manager.Queue()
        queue.put(pickling.Lamp(path))
        del queue
        gc.collect()
        deadline = time.monotonic() + patience.stretched(seconds)
        while os.path.exists(path) and time.monotonic() < deadline:
            other.put(pickling.Sweeper())
            time.sleep(REST)
        return "still held" if os.path.exists(path) else "let go"


def let_a_child_keep_a_queue(manager, context):
    """Passes a queue to a process and deletes its own proxy, then lets the process use it; returns its exit code."""
    box, up, dropped = [manager.Queue()], context.Event(), context.Event()
    process = context.Process(target=_put_and_get_when, args=(box, up, dropped))
    process.start()
    up.wait()
    box.clear()  # a process may keep its arguments
    gc.collect()
    dropped.set()
    process.join()
    return process.exitcode


def _put_and_get_when(box, up, dropped):
    (queue,) = box
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


def error_of_sending(carrier, queue):
    """Sends a queue through another one and returns the name of the exception that put() or get() raises."""
    try:
        carrier.put(queue)
        carrier.get()
    except Exception as error:
        return type(error).__name__
    return "none"


def put_into_a_queue_without_proxy(manager):
    """Puts a queue into another one, drops its own proxy, and returns an item that has passed through the queue."""
    carrier, queue = manager.Queue(), manager.Queue()
    carrier.put(queue)
    del queue
    gc.collect()
    queue = carrier.get()
    queue.put("kept")
    return queue.get()


def queue_of_a_with_block(manager):
    """A queue of the manager that was made in a `with` block, which is over."""
    with manager:
        return manager.Queue()


def queue_without_name_for_its_manager(context):
    """A queue of a new manager, to which nothing but the queue refers."""
    queue = context.Manager().Queue()
    gc.collect()
    return queue


def drop_a_manager_that_a_child_uses(context):
    """Makes a manager, gives its queue to a child, and drops both; returns how the child's next put() ends."""
    manager, up, dropped = context.Manager(), context.Event(), context.Event()
    box = [manager.Queue()]
    reader, writer = context.Pipe(duplex=False)
    process = context.Process(target=_report_put_when, args=(box, up, dropped, writer))
    process.start()
    up.wait()
    box.clear()
    del manager
    for _ in range(COLLECTIONS):
        gc.collect()
    dropped.set()
    process.join()
    return reader.recv()


def _report_put_when(box, up, dropped, writer):
    (queue,) = box
    queue.put("early")
    up.set()
    dropped.wait()
    try:
        queue.put("late")
    except (EOFError, OSError):
        writer.send("the manager was gone")
    else:
        writer.send("the manager was there")


def give_a_queue_that_nothing_else_holds(manager, context):
    """Makes a queue as the argument of a process, which tries to put an item; returns the exit code of the process."""
    process = context.Process(target=_put_or_fail, args=(manager.Queue(),))
    process.start()
    gc.collect()
    process.join()
    return process.exitcode


def _put_or_fail(queue):
    try:
        queue.put("a")
    except Exception:
        sys.exit(3)
