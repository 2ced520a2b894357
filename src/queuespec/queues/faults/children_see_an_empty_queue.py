"""To a process that has not made it, a queue looks empty and endless."""

import os
from multiprocessing import queues

BREAKS = {
    "look.empty-anywhere": "empty() should have returned False, but it returned True",
    "look.full-anywhere": "full() should have returned True, but it returned False",
    "look.qsize-anywhere": "qsize() should have returned 3, but it returned 0",
}


class Queue(queues.Queue):
    def empty(self):
        return self._opid != os.getpid() or super().empty()

    def full(self):
        return self._opid == os.getpid() and super().full()

    def qsize(self):
        return super().qsize() if self._opid == os.getpid() else 0
