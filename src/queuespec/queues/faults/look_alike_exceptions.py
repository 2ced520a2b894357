"""put() and get() raise exceptions that are named Full and Empty, and are not those of the module queue."""

import queue
from multiprocessing import queues

BREAKS = {
    "put.timeout-raises-full": "should have raised Full, but it raised Full",
    "put.nonblocking-raises-full": "should have raised Full, but it raised Full",
    "put.nowait-equivalent": "should have raised Full, but it raised Full",
    "get.timeout-raises-empty": "should have raised Empty, but it raised Empty",
    "get.nonblocking-raises-empty": "should have raised Empty, but it raised Empty",
    "get.nowait-equivalent": "should have raised Empty, but it raised Empty",
}
COLLATERAL = ("cap.freed-by-get", "exit.child-flushes")


class Full(Exception):
    pass


class Empty(Exception):
    pass


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        try:
            super().put(obj, block, timeout)
        except queue.Full:
            raise Full from None

    def get(self, block=True, timeout=None):
        try:
            return super().get(block, timeout)
        except queue.Empty:
            raise Empty from None
