"""Roles that carry items, look at the queue, and recognise what they got. The queue is their first argument."""

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
"""How long an answer may take; longer than any patience."""


def lock(context):
    """A lock of this context."""
    return context.Lock()


# Items and what became of them


def get_as_text(queue, count):
    """Gets that many items; the repr of each."""
    return [repr(queue.get()) for _ in range(count)]


def get_and_name(queue, count):
    """Gets that many items; type and name of each, or its repr."""
    got = [queue.get() for _ in range(count)]
    return [f"{type(item).__name__} {item.__name__}" if hasattr(item, "__name__") else repr(item) for item in got]


def get_and_recognise(queue, names):
    """Gets an item for each of these names of built-in objects; the names of those that are that very object."""
    return [name for name in names if queue.get() is getattr(builtins, name)]


def get_and_compare(queue, original):
    """Gets an item; what it has in common with this nested list."""
    got = queue.get()
    if got is original or got[0] is original[0]:
        return "the same memory"
    return "an equal copy" if got == original else repr(got)


def get_and_append(queue, value):
    """Gets a list and changes it."""
    queue.get().append(value)


def get_state(queue):
    """Gets an object; its state, kept in slots or in a dictionary."""
    item = queue.get()
    names = getattr(type(item), "__slots__", None) or vars(item)
    return {name: getattr(item, name) for name in names}


def get_and_count_rebuilds(queue):
    """Gets an item; how often this process has rebuilt a counted one."""
    queue.get()
    return parcels.Counted.rebuilds


def get_in_order_until(queue, last):
    """Gets items up to this last one; those before it."""
    return list(iter(queue.get, last))


def put_by_registered_reducer(queue, value):
    """Puts an item of a class that pickle is told about here."""
    copyreg.pickle(parcels.Foreign, parcels.reduced)
    queue.put(parcels.Foreign(value))


def ask(queue, context):
    """Sends one end of a new pipe through the queue; what comes back through it."""
    reader, writer = context.Pipe(duplex=False)
    queue.put(writer)
    if not reader.poll(ANSWER_SECONDS):
        raise TimeoutError("nobody has answered")
    return reader.recv()


def answer(queue, text):
    """Gets an end of a pipe, and sends a text through it."""
    queue.get().send(text)


def put_get_and_watch(queue, seconds):
    """Puts an item and gets it back; whether this process has let go of the original after a while."""
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
    """Puts an item and one more behind it; what standard error has got when the second one has arrived."""
    with contextlib.redirect_stderr(io.StringIO()) as output:
        queue.put(item)
        queue.put("next")
        queue.get()
    return output.getvalue()


def put_blocks(queue, sizes, tag=0):
    """Puts blocks of these sizes; the first has this tag, and no two have the same."""
    for number, size in enumerate(sizes):
        queue.put(parcels.block(tag + number, size))


def get_blocks(queue, count):
    """Gets that many blocks; the size of each, in words where a block is not as it was made."""
    return [_size_in_words(queue.get()) for _ in range(count)]


def get_blocks_until(queue, last):
    """Gets blocks up to this last item; the sizes of those before it, in words where one is not as it was made."""
    return [_size_in_words(item) for item in iter(queue.get, last)]


def _size_in_words(item):
    return item[1] if parcels.intact(item) else parcels.damage(item)


# Crowds: producers put (producer, number) inside a block of some size, consumers record what they got


def put_numbered(queue, producer, count, size=0):
    """Puts the numbers from 0 to `count`, as this producer; `size` is the length of the largest item, in bytes."""
    for number in range(count):
        queue.put((producer, number, parcels.block(number, number * 37 % size if size else 0)))


def put_numbered_from_threads(queue, producers, count):
    """Puts as these producers, each a thread of this process."""
    threads = [threading.Thread(target=put_numbered, args=(queue, producer, count)) for producer in producers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def get_numbered(queue, **decision):
    """Gets until it gets None; (producer, number) of each item, in words where it is not as it was made."""
    return [_numbered(item) for item in iter(functools.partial(queue.get, **decision), None)]


def _numbered(item):
    block = item[-1] if isinstance(item, tuple) else item
    return item[:2] if parcels.intact(block) else parcels.damage(block)


def pass_token(queue, lock, loops):
    """Takes the token and puts it back, that many times; how often somebody else held it as well."""
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
    """Looks again and again until the queue is not empty, then until there is an item to take; that item."""
    while queue.empty():
        pass
    while True:
        try:
            return queue.get_nowait()
        except Empty:
            pass


def take(queue, count):
    """Takes that many items, none of which may need waiting for; the list of them."""
    return [queue.get_nowait() for _ in range(count)]


def take_until_empty(queue):
    """Takes items until the queue says that it is empty, or none can be taken; the list of them."""
    taken = []
    while not queue.empty():
        try:
            taken.append(queue.get_nowait())
        except Empty:
            break
    return taken


def look(queue, times=1):
    """Looks at the queue in all the ways that this kind has."""
    for _ in range(times):
        for way in ("qsize", "empty", "full"):
            with contextlib.suppress(NotImplementedError):
                getattr(queue, way, bool)()


def range_of_qsize(queue, looks):
    """The smallest and the largest answer of that many looks."""
    sizes = [queue.qsize() for _ in range(looks)]
    return min(sizes), max(sizes)


def get_or_give_up(queue, seconds):
    """Gets an item, or "nothing" if none arrives in that time."""
    try:
        return queue.get(timeout=seconds)
    except Empty:
        return "nothing"


def put_blocks_and_last(queue, sizes, last):
    """Puts blocks of these sizes, and then this last item."""
    put_blocks(queue, sizes)
    queue.put(last)


def get_sorted(queue, count):
    """Gets that many items; the sorted list of them."""
    return sorted(queue.get() for _ in range(count))


def empty_or_error(queue):
    """What empty() says, or "OSError" if it raises that."""
    try:
        return queue.empty()
    except OSError:
        return "OSError"


def rests_while_waiting(queue, seconds):
    """Waits in get() for so long, in vain; whether this process leaves the processor to others meanwhile, in words."""
    used = time.process_time()
    with contextlib.suppress(Empty):
        queue.get(timeout=seconds)
    used = time.process_time() - used
    return "it rests" if used < seconds / 10 else f"it works for {used:.3f} of {seconds} seconds"
