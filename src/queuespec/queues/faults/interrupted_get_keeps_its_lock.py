"""get() does not release the lock for reading when it is interrupted."""

from multiprocessing import queues

BREAKS = {"exit.interrupt-blocked-reader": "get() was still running after"}


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        if not block or timeout is not None:
            return super().get(block, timeout)
        self._rlock.acquire()
        data = self._recv_bytes()
        self._rlock.release()
        self._sem.release()
        return queues._ForkingPickler.loads(data)
