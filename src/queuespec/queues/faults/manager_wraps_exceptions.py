"""What a manager's queue raises arrives as an exception of another class."""

import queue

BREAKS = {"manager.exceptions-cross": "get_nowait() should have raised Empty, but it raised RuntimeError"}


class Served(queue.Queue):
    def get(self, block=True, timeout=None):
        try:
            return super().get(block, timeout)
        except queue.Empty as error:
            raise RuntimeError("Empty") from error
