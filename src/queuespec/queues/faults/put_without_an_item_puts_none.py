"""put() without an item puts None."""

from multiprocessing import queues

BREAKS = {
    "put.missing-argument": "should have raised TypeError, but it returned None",
}


class Queue(queues.Queue):
    def put(self, obj=None, block=True, timeout=None):
        super().put(obj, block, timeout)
