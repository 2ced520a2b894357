"""A maxsize of any type is made an integer."""

from multiprocessing import queues

BREAKS = {"ctor.maxsize-type": "should have raised TypeError, but it returned"}


class Queue(queues.Queue):
    def __init__(self, maxsize=0, *, ctx):
        super().__init__(int(maxsize or 0), ctx=ctx)
