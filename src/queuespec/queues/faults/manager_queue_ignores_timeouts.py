"""get() of a manager's queue gives up at once when it is given a time-out."""

import queue

BREAKS = {"manager.timeouts": ">= 0.1"}


class Served(queue.Queue):
    def get(self, block=True, timeout=None):
        return super().get(block and timeout is None)
