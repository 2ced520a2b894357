"""When one process closes a queue, it is closed for all."""

from multiprocessing import queues

START_METHODS = ("fork",)
BREAKS = {
    "share.close-is-per-process": "put('x') should have returned, but it raised ValueError",
    "share.creator-closes-first": "get() should have returned, but it raised ValueError",
}
COLLATERAL = ("jt.after-close-waits",)


class Queue(queues.Queue):
    def __init__(self, maxsize=0, *, ctx):
        super().__init__(maxsize, ctx=ctx)
        self._closed_by_anybody = ctx.Event()

    def close(self):
        self._closed_by_anybody.set()
        super().close()

    def put(self, obj, block=True, timeout=None):
        if self._closed_by_anybody.is_set():
            raise ValueError("somebody has closed this queue")
        super().put(obj, block, timeout)

    def get(self, block=True, timeout=None):
        if self._closed_by_anybody.is_set():
            raise ValueError("somebody has closed this queue")
        return super().get(block, timeout)
