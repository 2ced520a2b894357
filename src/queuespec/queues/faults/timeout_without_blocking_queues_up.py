"""get(block=False, timeout=...) waits that long for its turn while another process waits in get()."""

from multiprocessing import queues
from queue import Empty

BREAKS = {"get.nowait-while-other-blocked": "get(block=False, timeout=1000) was still running after"}


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        if block or timeout is None:
            return super().get(block, timeout)
        if not self._rlock.acquire(True, timeout):
            raise Empty
        self._rlock.release()
        return super().get(False)
