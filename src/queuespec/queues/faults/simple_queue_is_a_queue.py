"""A SimpleQueue is a Queue."""

from multiprocessing import queues

BREAKS = {"api.simple-not-queue": "should have returned something false, but it returned True"}


class SimpleQueue(queues.Queue):
    def __init__(self, *, ctx):
        super().__init__(0, ctx=ctx)
