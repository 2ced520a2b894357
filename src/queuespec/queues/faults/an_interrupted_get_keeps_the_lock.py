"""After Ctrl-C in a get() nobody can get anything."""

from multiprocessing import queues

BREAKS = {
    "get.interruptible": "get() was still running",
}


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        try:
            return super().get(block, timeout)
        except KeyboardInterrupt:
            self._rlock.acquire()
            raise
