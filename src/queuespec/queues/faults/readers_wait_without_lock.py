"""get() takes the lock for reading only when an item is there: safer than the specification demands."""

from multiprocessing import queues
from queue import Empty

BREAKS = {
    "hazard.kill-blocked-reader": "should have raised Empty, but it returned 'out of reach'",
    "hazard.stopped-reader": "should have raised Empty, but it returned 'first come'",
}


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        if block and not self._poll(timeout):
            raise Empty
        return super().get(block, timeout)
