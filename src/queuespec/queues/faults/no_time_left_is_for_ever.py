"""A time-out of 0, or a negative one, is taken for no limit."""

from multiprocessing import queues

BREAKS = {
    "put.timeout-zero": "was still running after",
    "put.timeout-negative": "was still running after",
    "get.timeout-zero": "was still running after",
    "get.timeout-negative": "was still running after",
}


def limit(timeout):
    return None if timeout is not None and timeout <= 0 else timeout


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        super().put(obj, block, limit(timeout))

    def get(self, block=True, timeout=None):
        return super().get(block, limit(timeout))
