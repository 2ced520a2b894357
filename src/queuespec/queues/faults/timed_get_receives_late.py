"""A get() with a timeout lets others receive between seeing an item and receiving it."""

import time
from multiprocessing import queues
from multiprocessing.reduction import ForkingPickler
from queue import Empty

BREAKS = {"get.timed-in-turn": "event2) was still running after"}


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        if block and timeout is None:
            return super().get()
        begun = time.monotonic()
        if not self._rlock.acquire(block, timeout):
            raise Empty
        is_there = self._poll(max(0.0, timeout - time.monotonic() + begun) if block else 0.0)
        self._rlock.release()
        if not is_there:
            raise Empty
        received = self._recv_bytes()
        self._sem.release()
        return ForkingPickler.loads(received)
