"""A time-out is over at once: put() and get() with one do not wait at all."""

from multiprocessing import queues

BREAKS = {
    "put.timeout-raises-full": "should have waited 0.2 s, but it raised Full",
    "put.timeout-succeeds-if-freed": "did not block: it raised Full",
    "get.timeout-raises-empty": "should have waited 0.2 s, but it raised Empty",
    "get.timeout-returns-early": "did not block: it raised Empty",
}


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        super().put(obj, block and timeout is None)

    def get(self, block=True, timeout=None):
        return super().get(block and timeout is None)
