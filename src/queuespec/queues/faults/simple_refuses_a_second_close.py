"""The second close() of a SimpleQueue raises, although there is nothing left to close."""

from multiprocessing import queues

BREAKS = {"simple.close": "close() should have returned, but it raised ValueError"}


class SimpleQueue(queues.SimpleQueue):
    def close(self):
        if self._reader.closed:
            raise ValueError("it is closed")
        super().close()
