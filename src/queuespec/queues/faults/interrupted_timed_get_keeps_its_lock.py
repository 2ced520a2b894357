"""get() with a time-out does not release the lock for reading when it is interrupted."""

from multiprocessing import queues
from queue import Empty

BREAKS = {"get.timed-interruptible": "get() was still running after"}


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        if not block or timeout is None:
            return super().get(block, timeout)
        if not self._rlock.acquire(True, timeout):
            raise Empty
        if not self._poll(timeout):
            self._rlock.release()
            raise Empty
        data = self._recv_bytes()
        self._rlock.release()
        self._sem.release()
        return queues._ForkingPickler.loads(data)
