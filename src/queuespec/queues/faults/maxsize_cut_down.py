"""A maxsize beyond what a semaphore can count to is silently cut down."""

from multiprocessing import queues

BREAKS = {"ctor.maxsize-above-ceiling": "should have raised Exception, but it returned"}


class Queue(queues.Queue):
    def __init__(self, maxsize=0, *, ctx):
        super().__init__(min(maxsize, 32767), ctx=ctx)
