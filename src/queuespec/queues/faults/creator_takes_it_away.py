"""When its creator lets go of a queue, nobody can get from it any more."""

import os
from multiprocessing import queues

BREAKS = {"share.keep-reference": "lets_go had not printed 'still usable"}


class Queue(queues.Queue):
    def __init__(self, maxsize=0, *, ctx):
        super().__init__(maxsize, ctx=ctx)
        self._creator = os.getpid()

    def __del__(self):
        if getattr(self, "_creator", None) == os.getpid():
            self._rlock.acquire()
