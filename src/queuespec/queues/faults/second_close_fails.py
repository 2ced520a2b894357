"""Closing a queue for the second time raises."""

from multiprocessing import queues

BREAKS = {"close.idempotent": "should have returned, but it raised ValueError"}


class Queue(queues.Queue):
    def close(self):
        if self._closed:
            raise ValueError("closed already")
        super().close()


class SimpleQueue(queues.SimpleQueue):
    def close(self):
        if self._reader.closed:
            raise ValueError("closed already")
        super().close()
