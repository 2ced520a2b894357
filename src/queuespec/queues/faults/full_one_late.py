"""The queue is full one item late."""

from multiprocessing import queues

BREAKS = {
    "cap.exact": "should have returned 1, but it returned 2",
    "cap.never-exceeded": "puts had returned when",
    "cap.counts-unflushed": "should have raised Full",
    "put.blocks-when-full": "did not block: it returned None",
    "put.timeout-none-is-forever": "did not block: it returned None",
    "put.timeout-succeeds-if-freed": "did not block",
    "put.nonblocking-raises-full": "should have raised Full",
    "cap.blocked-put-wakes-across": "did not block",
}
COLLATERAL = ("cap.freed-by-get",)


class Queue(queues.Queue):
    def __init__(self, maxsize=0, *, ctx):
        super().__init__(maxsize + 1 if maxsize > 0 else maxsize, ctx=ctx)
