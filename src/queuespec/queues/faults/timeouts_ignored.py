"""A time-out never comes: put() and get() wait for ever."""

from multiprocessing import queues

BREAKS = {
    "put.timeout-raises-full": "was still running after",
    "get.timeout-raises-empty": "was still running after",
    "get.timeout-prevents-freeze": "the program alone had not printed",
}


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        super().put(obj, block)

    def get(self, block=True, timeout=None):
        return super().get(block)
