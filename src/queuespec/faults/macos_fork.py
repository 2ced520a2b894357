"""On a Mac, under fork, get() hands out nothing: what the documentation calls unsafe there never fails a run."""

from multiprocessing import queues

PRETENDS = {"system": "Darwin"}
BREAKS = {"order.fifo-in-process": "get() should have returned 'a', but it returned None"}


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        return None
