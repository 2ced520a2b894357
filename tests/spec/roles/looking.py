"""What actors find out about a queue, its class and its process."""

import contextlib
import inspect
import io
import os
import queue as thread_queue
import sys
import threading
import time
from queue import Empty

REST = 0.001
"""Seconds between two looks at a queue."""


def poll(queue):
    """Polls until the queue is not empty, then until an item can be taken; returns the item."""
    wait_until_something_arrives(queue)
    while True:
        try:
            return queue.get_nowait()
        except Empty:
            time.sleep(REST)


def look(queue, times=1):
    """Calls qsize(), empty(), and full(), as far as the queue has them."""
    for _ in range(times):
        for way in ("qsize", "empty", "full"):
            with contextlib.suppress(NotImplementedError):
                getattr(queue, way, bool)()


def impossible_sizes(queue, maxsize, looks):
    """Calls qsize() `looks` times and returns the answers that are not between zero and `maxsize`, each once."""
    return sorted({queue.qsize() for _ in range(looks)} - set(range(maxsize + 1)))


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


def equals(queue, other):
    """Whether the queue compares equal to another object."""
    return bool(queue == other)


def text(queue):
    """Returns str() of the queue."""
    return str(queue)


def representation(queue):
    """Returns repr() of the queue."""
    return repr(queue)


def count_threads():
    """The number of threads in this process."""
    return threading.active_count()


def wait_until_something_arrives(queue):
    """Polls the queue until it is not empty."""
    while queue.empty():
        time.sleep(REST)


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


def threads_left(queue):
    """Puts an item, closes the queue, joins its thread, and returns the names of the threads that are left of that.

    Under a global interpreter lock, no other thread runs in between, so one that is not waited for is still there.
    """
    known = set(threading.enumerate())
    queue.put("a")
    interval = sys.getswitchinterval()
    sys.setswitchinterval(60)
    try:
        queue.close()
        queue.join_thread()
        return [thread.name for thread in threading.enumerate() if thread not in known]
    finally:
        sys.setswitchinterval(interval)


def shared_files():
    """The inode numbers of the files in shared memory; an empty list where they cannot be listed."""
    try:
        return [entry.inode() for entry in os.scandir("/dev/shm")]
    except OSError:
        return []


def missing_among(holder, names):
    """The names that are not attributes of the object."""
    return [name for name in names if not hasattr(holder, name)]


def found_among(holder, names):
    """The names that are attributes of the object."""
    return [name for name in names if hasattr(holder, name)]


def has(holder, method, parameters):
    """Whether the object has a method with these parameters; a method that does not list its parameters has none."""
    try:
        return set(parameters) <= set(inspect.signature(getattr(holder, method)).parameters)
    except (AttributeError, TypeError, ValueError):
        return False


def is_an_instance_of_the_class_of(queue, other):
    """Whether the queue is an instance of the class of another object."""
    return isinstance(queue, type(other))


def is_a_class(module, name):
    """Whether the module's attribute of this name is a class."""
    return inspect.isclass(getattr(module, name))


def is_true(queue):
    """Returns bool() of the queue."""
    return bool(queue)


def kind_of_the_class_with_a_parameter(queue):
    """The name of the type that results from subscripting the class of the queue."""
    return type(type(queue)[int]).__name__


def can_be_caught_as(queue, name, method, *args):
    """Whether the call raises an instance of the class that the module `queue` exports under this name."""
    try:
        getattr(queue, method)(*args)
    except Exception as error:
        return isinstance(error, getattr(thread_queue, name))
    return False


def classes_of_the_time_out(queue, method, args):
    """The names of all classes that the exception raised by the call is an instance of."""
    try:
        getattr(queue, method)(*args)
    except Exception as error:
        return [cls.__name__ for cls in type(error).__mro__]
    return []


def told_while_putting(queue, item, word):
    """Puts an item and then another one; returns what is on stderr once it has the word, or the other one is pickled.

    The other one need not be: nothing may arrive behind an item that fails.
    """
    over = threading.Event()
    before, sys.stderr = sys.stderr, _Listening(word, over)
    try:
        queue.put(item)
        queue.put(_Telling(over))
        over.wait()
        return sys.stderr.getvalue()
    finally:
        sys.stderr = before


class _Listening(io.StringIO):
    """Sets an event once a word has been written to it."""

    def __init__(self, word, over):
        super().__init__()
        self._word = word
        self._over = over

    def write(self, text):
        written = super().write(text)
        if self._word in self.getvalue():
            self._over.set()
        return written


class _Telling:
    """An item that sets an event when it is pickled."""

    def __init__(self, over):
        self._over = over

    def __reduce__(self):
        self._over.set()
        return str, ("next",)
