"""put() and get() wait for a minute when they are not told how long."""

from multiprocessing import queues

BREAKS = {
    "put.defaults": "'timeout': 60",
    "get.defaults": "'timeout': 60",
}


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=60):
        super().put(obj, block, timeout)

    def get(self, block=True, timeout=60):
        return super().get(block, timeout)
