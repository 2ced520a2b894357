"""Each process has a queue of its own: the thread queue, which only looks like the process-safe one."""

import queue

BREAKS = {
    "get.blocks-when-empty": "get() was still running after",
}
COLLATERAL = "everything"


class Private:
    """A thread queue that starts empty in every process that receives it."""

    def __reduce__(self):
        return type(self), (self.maxsize,)

    def close(self):
        pass

    join_thread = cancel_join_thread = close


class Queue(Private, queue.Queue):
    def __init__(self, maxsize=0, *, ctx=None):
        super().__init__(maxsize)


JoinableQueue = Queue


class SimpleQueue(Private, queue.Queue):
    def __init__(self, *, ctx=None):
        super().__init__()
