"""A queue without limit is full at all times."""

from multiprocessing import queues

BREAKS = {"look.full-unbounded-false": "full() should have returned False, but it returned True"}


class Queue(queues.Queue):
    def __init__(self, maxsize=0, *, ctx):
        super().__init__(maxsize, ctx=ctx)
        self.limit = maxsize

    def full(self):
        return self.limit <= 0 or super().full()
