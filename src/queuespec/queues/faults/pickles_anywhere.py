"""A queue can be pickled anywhere; what arrives is another queue."""

import functools
import queue as thread_queue
import types
from multiprocessing import queues
from multiprocessing.context import get_spawning_popen

START_METHODS = ("fork",)
BREAKS = {
    "share.no-pickle-outside-spawning": "should have raised RuntimeError, but it returned",
    "share.not-through-queue": "should have returned 'next', but it returned",
    "share.not-through-queue-reported": "something with 'RuntimeError' in it, but it returned ''",
    "share.not-through-simplequeue": "should have raised RuntimeError, but it returned None",
    "share.not-as-pool-task": "should have raised RuntimeError, but it returned True",
    "share.no-return-to-parent": "should have returned 'next', but it returned",
}


class Anywhere:
    def __reduce_ex__(self, protocol):
        if get_spawning_popen() is None:
            return thread_queue.Queue, ()
        return super().__reduce_ex__(protocol)


class Queue(Anywhere, queues.Queue):
    pass


class JoinableQueue(Anywhere, queues.JoinableQueue):
    pass


class SimpleQueue(Anywhere, queues.SimpleQueue):
    pass


def context(real):
    made_here = {cls.__name__: functools.partial(cls, ctx=real) for cls in (Queue, JoinableQueue, SimpleQueue)}
    names = (name for name in dir(real) if not name.startswith("_"))
    return types.SimpleNamespace(**{**{name: getattr(real, name) for name in names}, **made_here})
