"""put() and get() wait for a minute when they are not told how long."""

from multiprocessing import queues

BREAKS = {
    "put.defaults": "defaults_of('put') should have returned",
    "get.defaults": "defaults_of('get') should have returned",
}


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=60):
        super().put(obj, block, timeout)

    def get(self, block=True, timeout=60):
        return super().get(block, timeout)
