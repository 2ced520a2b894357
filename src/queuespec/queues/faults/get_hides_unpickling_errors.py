"""get() returns None for an item that cannot be unpickled."""

from multiprocessing import queues

BREAKS = {"item.unpickling-error-raised": "get() should have raised ValueError, but it returned None"}


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        try:
            return super().get(block, timeout)
        except (ValueError, RecursionError, SystemExit):
            return None
