"""put() and get() take the time-out first, and block second."""

from multiprocessing import queues

BREAKS = {
    "put.timeout-none-is-forever": "did not block: it raised Full",
    "get.timeout-none-is-forever": "did not block: it raised Empty",
}


class Queue(queues.Queue):
    def put(self, obj, timeout=None, block=True):
        super().put(obj, bool(block), timeout)

    def get(self, timeout=None, block=True):
        return super().get(bool(block), timeout)
