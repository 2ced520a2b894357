"""A semaphore stays in the system when its program has ended. (It is always the same one.)"""

import importlib
from multiprocessing import queues

START_METHODS = ("fork",)
BREAKS = {"resources.semaphore-names": "semaphores remain"}

NAME = "/queuespec-fault"


class Queue(queues.Queue):
    def __init__(self, maxsize=0, *, ctx):
        super().__init__(maxsize, ctx=ctx)
        semaphore = importlib.import_module("_multiprocessing").SemLock
        try:
            self._kept = semaphore(1, 1, 1, NAME, False)
        except FileExistsError:
            self._kept = semaphore._rebuild(0, 1, 1, NAME)
