"""put() returns the item."""

from multiprocessing import queues

BREAKS = {
    "put.returns-none": "should have returned None, but it returned 'item'",
}


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        super().put(obj, block, timeout)
        return obj
