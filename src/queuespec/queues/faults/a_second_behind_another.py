"""A get() with a time-out waits for a whole second where another process waits."""

from multiprocessing import queues
from queue import Empty

BREAKS = {"get.timeout-kept": "overruns('get'"}


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        if block and timeout is not None:
            if not self._rlock.acquire(True, 1):
                raise Empty
            self._rlock.release()
        return super().get(block, timeout)
