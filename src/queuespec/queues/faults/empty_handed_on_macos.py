"""A platform: macOS, where a non-blocking get returns None from an empty queue."""

from multiprocessing import queues

PRETENDS = {"system": "Darwin"}
BREAKS = {"get.nonblocking-raises-empty": "should have raised Empty, but it returned None"}
COLLATERAL = "everything"
START_METHODS = ("fork", "spawn")


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        return super().get(block, timeout) if block else None


class JoinableQueue(queues.JoinableQueue):
    get = Queue.get
