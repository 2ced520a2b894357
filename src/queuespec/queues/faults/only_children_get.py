"""The process that made the queue finds it empty."""

import os
from multiprocessing import queues
from queue import Empty

BREAKS = {
    "deliver.single-process-use": "get_many(2) should have returned, but it raised Empty",
    "deliver.results-aggregation": "get_sorted(3) should have returned, but it raised Empty",
    "deliver.after-producer-exit": "get_many(50) should have returned, but it raised Empty",
}
COLLATERAL = ("cap.freed-by-get", "order.fifo-in-process", "exit.child-flushes")


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        if os.getpid() == self._opid:
            raise Empty
        return super().get(block, timeout)
