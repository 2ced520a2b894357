"""Each process may put as many items as the queue has room for, whatever others have put."""

from multiprocessing import queues

START_METHODS = ("fork",)
BREAKS = {
    "cap.shared-across-processes": "should have raised Full",
}
COLLATERAL = (
    "get.blocks-when-empty",
    "cap.freed-by-get",
    "order.fifo-in-process",
    "item.none-falsy",
    "deliver.child-to-child",
    "jt.after-close-waits",
)


class Queue(queues.Queue):
    def __init__(self, maxsize=0, *, ctx):
        super().__init__(maxsize, ctx=ctx)
        self._sem = ctx.Semaphore(maxsize)
        self._new = ctx.Semaphore

    def _reset(self, after_fork=False):
        super()._reset(after_fork)
        if after_fork:
            self._sem = self._new(self._maxsize)
