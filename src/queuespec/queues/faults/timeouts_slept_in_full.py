"""A time-out is a pause: put() and get() look for room or an item when it is over, and not before."""

import time
from multiprocessing import queues

BREAKS = {
    "put.timeout-succeeds-if-freed": "was still running after",
    "get.timeout-returns-early": "was still running after",
}


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        time.sleep(timeout or 0)
        super().put(obj, block, timeout)

    def get(self, block=True, timeout=None):
        time.sleep(timeout or 0)
        return super().get(block, timeout)
