"""A get that must not block waits behind another process that does."""

from multiprocessing import queues
from queue import Empty

BREAKS = {"get.nowait-while-other-blocked": "get_nowait() was still running after"}


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        if not block:
            with self._rlock:
                if not self._poll():
                    raise Empty
        return super().get(block, timeout)
