"""A producer that pickles keeps all others from sending."""

import pickle
from multiprocessing import queues

START_METHODS = ("fork",)
BREAKS = {"deliver.slow-pickling": "get() was still running after"}


class Parcel:
    def __init__(self, item, turn):
        self.item = item
        self.turn = turn

    def __reduce__(self):
        with self.turn:
            return pickle.loads, (pickle.dumps(self.item),)


class Queue(queues.Queue):
    def __init__(self, maxsize=0, *, ctx):
        super().__init__(maxsize, ctx=ctx)
        self._turn = ctx.Lock()

    def put(self, obj, block=True, timeout=None):
        super().put(Parcel(obj, self._turn), block, timeout)
