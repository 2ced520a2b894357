"""A maxsize that is given by position is ignored."""

from multiprocessing import queues

BREAKS = {"ctor.maxsize-passed": "put_nowait('b') should have raised Full, but it returned None"}


class Queue(queues.Queue):
    def __init__(self, *ignored, maxsize=0, ctx):
        super().__init__(maxsize, ctx=ctx)
