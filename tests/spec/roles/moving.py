"""What actors do with items: put them, get them, pass them on. The queue is the first argument."""

import os
import queue as thread_queue
import threading
from queue import Empty


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


def get_until(queue, last):
    """Gets items until `last` arrives and returns those before it."""
    return list(iter(queue.get, last))


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


def put_into_what_arrives(carrier, item):
    """Gets a queue from the carrier and puts an item into it."""
    carrier.get().put(item)


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


def work(queue, count):
    """Gets `count` items, marks each as done, and returns them as a list."""
    found = []
    for _ in range(count):
        found.append(queue.get())
        queue.task_done()
    return found


def work_until_none(queue):
    """Gets items until `None` arrives, marks each as done immediately, and returns how many came before `None`."""
    count = 0
    for _ in iter(queue.get, None):
        queue.task_done()
        count += 1
    queue.task_done()
    return count


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


def drain(queue):
    """Gets everything that has arrived, without waiting, and returns it as a list."""
    found = []
    while True:
        try:
            found.append(queue.get_nowait())
        except Empty:
            return found


def get_sorted(queue, count):
    """Gets `count` items and returns them as a sorted list."""
    return sorted(queue.get() for _ in range(count))


def get_or_give_up(queue, seconds):
    """Gets an item, or returns "nothing" if none arrives in time."""
    try:
        return queue.get(timeout=seconds)
    except Empty:
        return "nothing"


def put_numbers_without_waiting(queue, count):
    """Puts the numbers from 0 to `count` - 1, without waiting for room."""
    for number in range(count):
        queue.put_nowait(number)


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


def put_and_vanish(queue, item):
    """Puts an item and immediately ends the process, without flushing, closing, or joining anything."""
    queue.put(item)
    os._exit(0)


def put_one(queue, item):
    """Puts an item."""
    queue.put(item)


def put_and_let_go(queue, item):
    """Puts an item and closes the queue; if the queue is usable, this does not block."""
    queue.put(item)
    if hasattr(queue, "join_thread"):
        queue.close()
        queue.join_thread()
