"""An implementation whose `get` is wrong in the way that the variable GET names. Everything else is the standard's.

If GET names several ways, a queue with a maxsize of 2 is wrong in the second one, and an unbounded one in the last.
"""

import multiprocessing
import os
import queue
import time
from multiprocessing import get_all_start_methods, queues

__all__ = ["get_all_start_methods", "get_context"]


class LookAlike(Exception):
    """Has the name that its user expects, and is another class."""


LookAlike.__name__ = LookAlike.__qualname__ = "Empty"


def returns_none(real, *args, **kwargs):
    return None


def raises_empty(real, *args, **kwargs):
    raise queue.Empty


def raises_a_look_alike(real, *args, **kwargs):
    raise LookAlike("not the real one")


def raises_a_keyboard_interrupt(real, *args, **kwargs):
    raise KeyboardInterrupt


def dies(real, *args, **kwargs):
    os._exit(7)


def changes_the_item(real, *args, **kwargs):
    return real(*args, **kwargs) + "!"


def never_returns(real, *args, **kwargs):
    while True:
        time.sleep(1)


def prints_garbage(real, *args, **kwargs):
    os.write(1, b"\xff\x00\x1b[31m garbage " * 1_000_000)
    return real(*args, **kwargs)


def complains(real, *args, **kwargs):
    os.write(2, b"\x1b[2Jthe queue is \xe2\x80\xaeunwell\n::error::a command\n")
    return real(*args, **kwargs) * 200


def returns_no_plain_value(real, *args, **kwargs):
    return queue.Queue


class Queue(queues.Queue):
    def get(self, *args, **kwargs):
        ways = os.environ["GET"].split()
        return globals()[ways[min(self._maxsize, len(ways)) - 1]](super().get, *args, **kwargs)


class Context:
    def __init__(self, method):
        self._real = multiprocessing.get_context(method)

    def __getattr__(self, name):
        return getattr(self._real, name)

    def Queue(self, maxsize=0):
        return Queue(maxsize, ctx=self._real)


def get_context(method):
    return Context(method)
