"""put() and get() wait twice as long as they are told."""

from multiprocessing import queues

BREAKS = {
    "put.timeout-kept": "should have returned None, but it returned [(0.05",
    "get.timeout-kept": "should have returned None, but it returned [(0.05",
}


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        super().put(obj, block, timeout and 2 * timeout)

    def get(self, block=True, timeout=None):
        return super().get(block, timeout and 2 * timeout)
