"""Each queue leaves a semaphore behind, which the resource tracker finds at the end of the program."""

import os
from multiprocessing import queues, resource_tracker

START_METHODS = ("forkserver",)
BREAKS = {"ctx.resource-tracker": "leaked"}


class Queue(queues.Queue):
    def __init__(self, maxsize=0, *, ctx):
        super().__init__(maxsize, ctx=ctx)
        resource_tracker.register(f"/queuespec-{os.getpid()}", "semaphore")
