"""A queue without maxsize holds a single item."""

from multiprocessing import queues

BREAKS = {"ctor.maxsize-default": "should have returned, but it raised Full"}
COLLATERAL = ("order.fifo-in-process", "item.none-falsy", "exit.child-flushes")


class Queue(queues.Queue):
    def __init__(self, maxsize=1, *, ctx):
        super().__init__(maxsize, ctx=ctx)
