"""A queue that looks only once a second whether an item is there, and does nothing wrong by it."""

import queue
import time
from multiprocessing import queues


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            try:
                return super().get(False)
            except queue.Empty:
                left = 1.0 if end is None else min(1.0, end - time.monotonic())
                if not block or left <= 0:
                    raise
                time.sleep(left)
