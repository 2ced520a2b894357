"""put() returns False where it should raise Full: the item is gone."""

from multiprocessing import queues
from queue import Full

BREAKS = {
    "put.timeout-raises-full": "should have raised Full, but it returned",
    "put.timeout-int-or-float": "should have raised Full, but it returned",
    "put.signature": "should have raised Full, but it returned",
    "put.nonblocking-raises-full": "should have raised Full, but it returned",
    "put.nowait-equivalent": "should have raised Full, but it returned",
    "put.timeout-ignored-nonblocking": "should have raised Full, but it returned",
    "put.timeout-zero": "should have raised Full, but it returned",
    "put.timeout-negative": "should have raised Full, but it returned",
    "put.failed-put-adds-nothing": "should have raised Full, but it returned",
    "cap.counts-unflushed": "should have raised Full, but it returned",
    "cap.shared-across-processes": "should have raised Full, but it returned",
    "cap.freed-by-get": "should have raised Full, but it returned",
    "cap.exact": "should have returned 1, but it returned 2",
}


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        try:
            super().put(obj, block, timeout)
        except Full:
            return False
