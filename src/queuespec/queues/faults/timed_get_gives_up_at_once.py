"""get() with a timeout raises Empty at once."""

from multiprocessing import queues
from queue import Empty

BREAKS = {"hazard.kill-writer-midway": "did not block: it raised Empty"}


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        if timeout is not None:
            raise Empty
        return super().get(block)
