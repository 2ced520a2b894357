"""Roles that transfer items, look at the queue, and recognize what they get. The queue is their first argument."""

import builtins
import contextlib
import copyreg
import functools
import gc
import io
import threading
import time
import weakref
from queue import Empty

import parcels

ANSWER_SECONDS = 60.0
"""Timeout for an answer, in seconds; longer than any patience."""


def lock(context):
    """A lock of the context."""
    return context.Lock()


# Items and what happens to them


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
    return parcels.Counted.rebuilds


def get_in_order_until(queue, last):
    """Gets items until `last` arrives and returns those before it."""
    return list(iter(queue.get, last))


def put_by_registered_reducer(queue, value):
    """Puts an item whose class is registered with `copyreg` in this process only."""
    copyreg.pickle(parcels.Foreign, parcels.reduced)
    queue.put(parcels.Foreign(value))


def ask(queue, context):
    """Sends one end of a new pipe through the queue and returns what comes back through the pipe."""
    reader, writer = context.Pipe(duplex=False)
    queue.put(writer)
    if not reader.poll(ANSWER_SECONDS):
        raise TimeoutError("nobody has answered")
    return reader.recv()


def answer(queue, text):
    """Gets one end of a pipe and sends a string through it."""
    queue.get().send(text)


def put_get_and_watch(queue, seconds):
    """Puts an item, gets it back, and reports whether the original is garbage collected within `seconds`."""
    item = parcels.Parcel("original", 1)
    original = weakref.ref(item)
    queue.put(item)
    del item
    queue.get()
    deadline = time.monotonic() + seconds
    while original() is not None and time.monotonic() < deadline:
        gc.collect()
    return "let go" if original() is None else "still held"


def put_and_watch_errors(queue, item):
    """Puts an item and then another one; returns what was written to stderr by the time the second one arrives."""
    with contextlib.redirect_stderr(io.StringIO()) as output:
        queue.put(item)
        queue.put("next")
        queue.get()
    return output.getvalue()


def put_blocks(queue, sizes, tag=0):
    """Puts blocks of these sizes, with consecutive tags starting at `tag`."""
    for number, size in enumerate(sizes):
        queue.put(parcels.block(tag + number, size))


def get_blocks(queue, count):
    """Gets `count` blocks and returns the size of each or, for a damaged block, a description."""
    return [_size_in_words(queue.get()) for _ in range(count)]


def get_blocks_until(queue, last):
    """Gets blocks until `last` arrives and returns the size of each or, for a damaged block, a description."""
    return [_size_in_words(item) for item in iter(queue.get, last)]


def _size_in_words(item):
    return item[1] if parcels.intact(item) else parcels.damage(item)


# Crowds: producers put (producer, number) together with a block, and consumers record what they get


def put_numbered(queue, producer, count, size=0):
    """Puts the numbers from 0 to `count` - 1 as this producer, with blocks of fewer than `size` bytes."""
    for number in range(count):
        queue.put((producer, number, parcels.block(number, number * 37 % size if size else 0)))


def put_numbered_from_threads(queue, producers, count):
    """Puts numbers as several producers, each in a thread of this process."""
    threads = [threading.Thread(target=put_numbered, args=(queue, producer, count)) for producer in producers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def get_numbered(queue, **decision):
    """Gets items until `None` arrives and returns (producer, number) for each or, if it is damaged, a description."""
    return [_numbered(item) for item in iter(functools.partial(queue.get, **decision), None)]


def _numbered(item):
    block = item[-1] if isinstance(item, tuple) else item
    return item[:2] if parcels.intact(block) else parcels.damage(block)


def pass_token(queue, lock, loops):
    """Takes the token and puts it back, `loops` times; returns how often another process held it at the same time."""
    others = 0
    for _ in range(loops):
        token = queue.get()
        alone = lock.acquire(block=False)
        for _ in range(10_000):
            pass
        if alone:
            lock.release()
        others += not alone
        queue.put(token)
    return others


# Looking


def poll(queue):
    """Polls until the queue is not empty, then until an item can be taken; returns the item."""
    while queue.empty():
        pass
    while True:
        try:
            return queue.get_nowait()
        except Empty:
            pass


def take(queue, count):
    """Takes `count` items without waiting and returns them as a list."""
    return [queue.get_nowait() for _ in range(count)]


def take_until_empty(queue):
    """Takes items until empty() returns `True` or no item can be taken; returns them as a list."""
    taken = []
    while not queue.empty():
        try:
            taken.append(queue.get_nowait())
        except Empty:
            break
    return taken


def look(queue, times=1):
    """Calls qsize(), empty(), and full(), as far as the queue has them."""
    for _ in range(times):
        for way in ("qsize", "empty", "full"):
            with contextlib.suppress(NotImplementedError):
                getattr(queue, way, bool)()


def range_of_qsize(queue, looks):
    """Calls qsize() `looks` times and returns the smallest and the largest answer."""
    sizes = [queue.qsize() for _ in range(looks)]
    return min(sizes), max(sizes)


def get_or_give_up(queue, seconds):
    """Gets an item, or returns "nothing" if none arrives in time."""
    try:
        return queue.get(timeout=seconds)
    except Empty:
        return "nothing"


def put_blocks_and_last(queue, sizes, last):
    """Puts blocks of these sizes, followed by the item `last`."""
    put_blocks(queue, sizes)
    queue.put(last)


def get_sorted(queue, count):
    """Gets `count` items and returns them as a sorted list."""
    return sorted(queue.get() for _ in range(count))


def empty_or_error(queue):
    """The result of empty(), or "OSError" if it raises that exception."""
    try:
        return queue.empty()
    except OSError:
        return "OSError"


def rests_while_waiting(queue, seconds):
    """Waits in get() for `seconds` and reports, in words, whether the process leaves the CPU to others meanwhile."""
    used = time.process_time()
    with contextlib.suppress(Empty):
        queue.get(timeout=seconds)
    used = time.process_time() - used
    return "it rests" if used < seconds / 10 else f"it works for {used:.3f} of {seconds} seconds"
