"""Only a get() that would wait for ever makes room."""

import threading
from multiprocessing import queues

BREAKS = {"cap.freed-by-any-get": "put_nowait('second') should have returned, but it raised Full"}


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        if block and timeout is None:
            return super().get()
        slots, self._sem = self._sem, threading.Semaphore()
        try:
            return super().get(block, timeout)
        finally:
            self._sem = slots
