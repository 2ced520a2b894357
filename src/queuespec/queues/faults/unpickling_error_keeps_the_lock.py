"""An item that cannot be unpickled keeps the readers' lock."""

from multiprocessing import queues

BREAKS = {"item.unpickling-error-skipped": "get() was still running after"}


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        try:
            return super().get(block, timeout)
        except ValueError:
            self._rlock.acquire()
            raise
