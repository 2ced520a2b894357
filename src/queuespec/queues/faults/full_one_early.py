"""The queue is full one item early."""

from multiprocessing import queues

BREAKS = {
    "cap.exact": "should have returned 2, but it returned 1",
}
COLLATERAL = ("cap.freed-by-get",)


class Queue(queues.Queue):
    def __init__(self, maxsize=0, *, ctx):
        super().__init__(maxsize - 1 if maxsize > 1 else maxsize, ctx=ctx)
