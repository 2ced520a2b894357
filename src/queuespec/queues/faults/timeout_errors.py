"""A time-out raises TimeoutError, in place of Full and Empty."""

from multiprocessing import queues
from queue import Empty, Full

BREAKS = {
    "put.timeout-raises-full": "should have raised Full, but it raised TimeoutError",
    "get.timeout-raises-empty": "should have raised Empty, but it raised TimeoutError",
}
COLLATERAL = ("put.nonblocking-raises-full", "get.nonblocking-raises-empty", "cap.freed-by-get", "exit.child-flushes")


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        try:
            super().put(obj, block, timeout)
        except Full:
            raise TimeoutError from None

    def get(self, block=True, timeout=None):
        try:
            return super().get(block, timeout)
        except Empty:
            raise TimeoutError from None
