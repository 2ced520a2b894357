"""qsize() of a manager's queue is as unavailable as that of other queues, where the system cannot count."""

import queue

BREAKS = {"manager.qsize-everywhere": "qsize() should have returned, but it raised NotImplementedError"}

PRETENDS = {"system": "Darwin"}


class Served(queue.Queue):
    def qsize(self):
        raise NotImplementedError
