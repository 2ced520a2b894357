"""A negative maxsize is taken without its sign."""

from multiprocessing import queues

BREAKS = {"ctor.maxsize-nonpositive": "should have returned, but it raised Full"}


class Queue(queues.Queue):
    def __init__(self, maxsize=0, *, ctx):
        super().__init__(abs(maxsize), ctx=ctx)
