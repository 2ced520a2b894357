"""Making a queue sets the global start method to another than the default."""

import multiprocessing
from multiprocessing import queues

START_METHODS = ("fork",)
BREAKS = {
    "ctx.queue-fixes-method": "get_start_method(allow_none=True) should have returned",
    "ctx.explicit-does-not-fix": "get_start_method(allow_none=True) should have returned None",
}


class Queue(queues.Queue):
    def __init__(self, maxsize=0, *, ctx):
        multiprocessing.set_start_method(multiprocessing.get_all_start_methods()[-1], force=True)
        super().__init__(maxsize, ctx=ctx)
