"""A semaphore stays in the system when its program has ended. (It is always the same one.)"""

import _multiprocessing
from multiprocessing import queues

START_METHODS = ("fork",)
BREAKS = {"resources.semaphore-names": "semaphores remain"}

NAME = "/queuespec-fault"


class Queue(queues.Queue):
    def __init__(self, maxsize=0, *, ctx):
        super().__init__(maxsize, ctx=ctx)
        try:
            self._kept = _multiprocessing.SemLock(1, 1, 1, NAME, False)
        except FileExistsError:
            self._kept = _multiprocessing.SemLock._rebuild(0, 1, 1, NAME)
