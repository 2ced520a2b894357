"""A queue can be used by the process that made it, and by no other."""

import os
from multiprocessing import queues

BREAKS = {
    "share.args": "put('from the child') should have returned, but it raised OSError",
    "share.kwargs": "should have returned 0, but it returned 1",
    "share.nested-in-args": "should have returned, but it raised OSError",
    "share.process-attribute": "worker_with_a_queue should have printed 'from the worker",
    "share.both-directions": "get() should have returned, but it raised OSError",
    "share.between-children": "should have returned, but it raised OSError",
    "share.grandchild": "should have returned 0, but it returned 1",
    "share.pool-initializer": "get_nowait() should have returned, but it raised Empty",
}
COLLATERAL = (
    "get.blocks-when-empty",
    "cap.freed-by-get",
    "item.none-falsy",
    "deliver.child-to-child",
    "jt.after-close-waits",
    "exit.child-flushes",
)


class Queue(queues.Queue):
    def __init__(self, maxsize=0, *, ctx):
        super().__init__(maxsize, ctx=ctx)
        self._creator = os.getpid()

    def put(self, obj, block=True, timeout=None):
        if getattr(self, "_creator", None) != os.getpid():
            raise OSError("only its creator may use this queue")
        super().put(obj, block, timeout)

    def get(self, block=True, timeout=None):
        if getattr(self, "_creator", None) != os.getpid():
            raise OSError("only its creator may use this queue")
        return super().get(block, timeout)
