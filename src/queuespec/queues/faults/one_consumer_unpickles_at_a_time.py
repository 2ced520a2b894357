"""A consumer that unpickles keeps all others from receiving."""

from multiprocessing import queues

START_METHODS = ("fork",)
BREAKS = {
    "deliver.slow-unpickling": "get() was still running after",
    "deliver.slow-unpickling-timed": "get() was still running after",
}


class Queue(queues.Queue):
    def __init__(self, maxsize=0, *, ctx):
        super().__init__(maxsize, ctx=ctx)
        self._turn = ctx.Lock()

    def get(self, block=True, timeout=None):
        with self._turn:
            return super().get(block, timeout)
