"""A JoinableQueue works as a Queue does, and is none."""

from multiprocessing import queues

BREAKS = {"api.joinable-is-queue": "should have returned something true, but it returned False"}


class JoinableQueue:
    def __init__(self, maxsize=0, *, ctx):
        self._real = queues.JoinableQueue(maxsize, ctx=ctx)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._real, name)
