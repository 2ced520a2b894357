"""put() and get() take their arguments by position only."""

from multiprocessing import queues

BREAKS = {
    "put.signature": "TypeError",
    "get.signature": "TypeError",
}


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None, /):
        super().put(obj, block, timeout)

    def get(self, block=True, timeout=None, /):
        return super().get(block, timeout)
