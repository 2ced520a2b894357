"""What actors do with a manager and its queues."""

import gc
import pickle


def queue_of(manager):
    """A queue of the manager."""
    return manager.Queue()


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
