"""A closed queue says that it is full, or empty, instead of that it is closed."""

from multiprocessing import queues
from queue import Empty, Full

BREAKS = {
    "close.no-more-puts": "should have raised ValueError, but it raised Full",
    "close.no-more-gets": "should have raised ValueError, but it raised Empty",
}


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        if self._closed:
            raise Full
        super().put(obj, block, timeout)

    def get(self, block=True, timeout=None):
        if self._closed:
            raise Empty
        return super().get(block, timeout)
