"""An item that cannot be unpickled keeps the readers' lock and its place."""

from multiprocessing import queues

BREAKS = {
    "item.unpickling-error-skipped": "get() was still running after",
    "item.unpickling-error-frees-slot": "put('next') was still running after",
}


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        try:
            return super().get(block, timeout)
        except ValueError:
            self._rlock.acquire()
            self._sem.acquire()
            raise
