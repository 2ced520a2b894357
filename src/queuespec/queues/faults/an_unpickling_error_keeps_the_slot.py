"""The room of an item that cannot be unpickled is lost."""

from multiprocessing import queues

BREAKS = {
    "get.unpickle-error-consumes": "put('next') was still running",
}


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        try:
            return super().get(block, timeout)
        except ZeroDivisionError:
            self._sem.acquire()
            raise
