"""Producers write to the pipe without a lock, so that pieces of their items mix."""

from multiprocessing import queues

NOT_ON = ("win32",)
BREAKS = {"payload.many-writers-no-interleave": "get_blocks(6)"}
COLLATERAL = "everything"


class Queue(queues.Queue):
    def __init__(self, maxsize=0, *, ctx):
        super().__init__(maxsize, ctx=ctx)
        self._wlock = None
        self._reset()
