"""put() returns when its item has been got."""

from multiprocessing import queues

START_METHODS = ("fork",)
BREAKS = {
    "put.room-never-blocks": "was still running after",
}
COLLATERAL = (
    "put.nonblocking-raises-full",
    "cap.freed-by-get",
    "order.fifo-in-process",
    "item.none-falsy",
    "deliver.child-to-child",
    "exit.child-flushes",
)


class Queue(queues.Queue):
    def __init__(self, maxsize=0, *, ctx):
        super().__init__(maxsize, ctx=ctx)
        self._taken = ctx.Semaphore(0)

    def put(self, obj, block=True, timeout=None):
        super().put(obj, block, timeout)
        self._taken.acquire()

    def get(self, block=True, timeout=None):
        item = super().get(block, timeout)
        self._taken.release()
        return item
