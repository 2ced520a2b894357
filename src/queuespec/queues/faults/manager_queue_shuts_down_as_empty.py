"""get() of a manager's queue that was shut down raises Empty."""

import queue

BREAKS = {"manager.shutdown": "get() should have raised ShutDown, but it raised Empty"}
COLLATERAL = ("get.blocks-when-empty",)

PRETENDS = {"python": [3, 13, 0]}


class Served(queue.Queue):
    def shutdown(self, immediate=False):
        pass

    def get(self, block=True, timeout=None):
        return super().get(False)
