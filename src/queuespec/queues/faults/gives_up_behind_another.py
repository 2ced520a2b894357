"""A get() with a time-out gives up at once where another process waits."""

from multiprocessing import queues
from queue import Empty

BREAKS = {"get.timed-while-other-blocked": "raised Empty() after"}


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        if block and timeout is not None:
            if not self._rlock.acquire(False):
                raise Empty
            self._rlock.release()
        return super().get(block, timeout)
