"""A semaphore stays in the system when its program has ended."""

import importlib
from multiprocessing import queues
from multiprocessing.process import current_process

START_METHODS = ("fork",)
NOT_ON = ("darwin",)
BREAKS = {"resources.semaphore-names": "semaphores remain"}


class Queue(queues.Queue):
    def __init__(self, maxsize=0, *, ctx):
        super().__init__(maxsize, ctx=ctx)
        semaphore = importlib.import_module("_multiprocessing").SemLock
        name = f"{current_process()._config['semprefix']}-fault"
        try:
            self._kept = semaphore(1, 1, 1, name, False)
        except FileExistsError:
            self._kept = semaphore._rebuild(0, 1, 1, name)
