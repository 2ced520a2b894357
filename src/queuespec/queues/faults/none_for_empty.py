"""get() returns None where it should raise Empty."""

from multiprocessing import queues
from queue import Empty

BREAKS = {
    "get.timeout-raises-empty": "should have raised Empty, but it returned None",
    "get.signature": "should have raised Empty, but it returned None",
    "get.nonblocking-raises-empty": "should have raised Empty, but it returned None",
    "get.nowait-equivalent": "should have raised Empty, but it returned None",
    "get.timeout-ignored-nonblocking": "should have raised Empty, but it returned None",
    "get.timeout-zero": "should have raised Empty, but it returned None",
    "get.timeout-negative": "should have raised Empty, but it returned None",
    "get.truthiness-of-block": "should have raised Empty, but it returned None",
    "get.failed-get-removes-nothing": "should have raised Empty, but it returned None",
    "get.timed-while-other-blocked": "should have raised Empty, but it returned None",
}
COLLATERAL = ("exit.child-flushes",)


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        try:
            return super().get(block, timeout)
        except Empty:
            return None
