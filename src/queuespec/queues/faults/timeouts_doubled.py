"""put() and get() wait twice as long as they are told."""

from multiprocessing import queues

BREAKS = {
    "put.timeout-kept": "overruns('put'",
    "get.timeout-kept": "overruns('get'",
}


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        super().put(obj, block, timeout and 2 * timeout)

    def get(self, block=True, timeout=None):
        return super().get(block, timeout and 2 * timeout)
