"""Two processes may wait for an item; a third one is forgotten."""

from multiprocessing import queues

START_METHODS = ("fork",)
BREAKS = {
    "get.concurrent-blocked-getters": "was still running after",
}
COLLATERAL = ("item.none-falsy", "exit.child-flushes")


class Queue(queues.Queue):
    def __init__(self, maxsize=0, *, ctx):
        super().__init__(maxsize, ctx=ctx)
        self._readers = ctx.Semaphore(2)

    def get(self, block=True, timeout=None):
        self._readers.acquire()
        return super().get(block, timeout)
