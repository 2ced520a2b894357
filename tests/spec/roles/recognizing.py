"""What actors do to identify an item that they receive. The queue is the first argument."""

import builtins
import copyreg
import gc
import logging
import logging.handlers
import time
import weakref

from items import gates, patience, pickling

REST = 0.01
"""Seconds between two collections, in which other threads go on."""


def get_as_text(queue, count):
    """Gets `count` items and returns the repr() of each."""
    return [repr(queue.get()) for _ in range(count)]


def get_and_name(queue, count):
    """Gets `count` items and returns the type and name of each, or its repr()."""
    got = [queue.get() for _ in range(count)]
    return [f"{type(item).__name__} {item.__name__}" if hasattr(item, "__name__") else repr(item) for item in got]


def get_and_recognise(queue, names):
    """Gets an item for each name of a built-in object and returns the names of those that are this very object."""
    return [name for name in names if queue.get() is getattr(builtins, name)]


def get_and_compare(queue, original):
    """Gets an item and describes how it relates to the nested list `original`."""
    got = queue.get()
    if got is original or got[0] is original[0]:
        return "the same memory"
    return "an equal copy" if got == original else repr(got)


def get_and_append(queue, value):
    """Gets a list and appends a value to it."""
    queue.get().append(value)


def get_state(queue):
    """Gets an object and returns its state, which is stored in slots or in a dictionary."""
    item = queue.get()
    names = getattr(type(item), "__slots__", None) or vars(item)
    return {name: getattr(item, name) for name in names}


def get_and_count_rebuilds(queue):
    """Gets an item and returns how many `Counted` items this process has unpickled."""
    queue.get()
    return pickling.Counted.rebuilds


def put_by_registered_reducer(queue, value):
    """Puts an item whose class is registered with `copyreg` in this process only."""
    copyreg.pickle(pickling.Foreign, pickling.reduced)
    queue.put(pickling.Foreign(value))


def ask(queue, context):
    """Sends one end of a new pipe through the queue and returns what comes back through the pipe."""
    reader, writer = context.Pipe(duplex=False)
    queue.put(writer)
    if not reader.poll(patience.HOLD_SECONDS):
        raise TimeoutError("nobody has answered")
    return reader.recv()


def put_one_end(queue, context):
    """Puts one end of a new pipe."""
    queue.put(context.Pipe(duplex=False)[1])


def answer(queue, text):
    """Gets one end of a pipe and sends a string through it."""
    queue.get().send(text)


def put_get_and_watch(queue, seconds):
    """Puts an item, gets it back, and reports whether the original is garbage collected within `seconds`."""
    item = pickling.Parcel("original", 1)
    original = weakref.ref(item)
    queue.put(item)
    del item
    queue.get()
    _collect_until(lambda: original() is None, seconds)
    return "let go" if original() is None else "still held"


def get_and_watch(queue, seconds):
    """Gets an item and drops it; reports whether it is garbage collected within `seconds`."""
    received = weakref.ref(queue.get())
    _collect_until(lambda: received() is None, seconds)
    return "let go" if received() is None else "still held"


def _collect_until(condition, seconds):
    deadline = time.monotonic() + patience.stretched(seconds)
    while not condition() and time.monotonic() < deadline:
        gc.collect()
        time.sleep(REST)


def put_while_logging(queue, context, item):
    """Puts an item while the package's own messages go to the queue as well."""
    logger = context.get_logger()
    logger.setLevel(logging.DEBUG)
    logger.addHandler(logging.handlers.QueueHandler(queue))
    queue.put(item)


def get_slowly(queue, begun, opening, **decision):
    """Gets a `SlowToArrive` item: sets `begun` when its unpickling begins, which ends after `opening` is set."""
    gates._arrivals.append((begun, opening))
    return queue.get(**decision)
