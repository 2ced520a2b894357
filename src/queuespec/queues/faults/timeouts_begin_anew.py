"""The time-out of get() begins anew when another consumer has given up."""

from multiprocessing import queues
from queue import Empty

BREAKS = {"get.timeout-counts-all-waiting": "every get() has waited too long"}


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        if not block or timeout is None:
            return super().get(block, timeout)
        if not self._rlock.acquire(True, timeout):
            raise Empty
        self._rlock.release()
        return super().get(True, timeout)
