"""qsize() is the number of free places, with a minus."""

from multiprocessing import queues

BREAKS = {
    "look.qsize-approximate": "qsize() should have returned 2, but it returned -",
    "look.qsize-unreliable": "0 <= -",
}


class Queue(queues.Queue):
    def qsize(self):
        return super().qsize() - self._maxsize
