"""A put() or get() that must not block waits when it is given a time-out as well."""

from multiprocessing import queues

BREAKS = {
    "put.timeout-ignored-nonblocking": "was still running after",
    "get.timeout-ignored-nonblocking": "was still running after",
}


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        super().put(obj, block or timeout is not None, timeout)

    def get(self, block=True, timeout=None):
        return super().get(block or timeout is not None, timeout)
