"""qsize() and full() know only of items that have been sent."""

from multiprocessing import queues

BREAKS = {
    "look.qsize-counts-buffered": "qsize() should have returned 1, but it returned 0",
    "look.qsize-no-guarantee": "qsize() should have returned 1, but it returned 0",
    "look.full-counts-buffered": "full() should have returned True, but it returned False",
}


class Queue(queues.Queue):
    def qsize(self):
        return 0 if self.empty() else super().qsize()

    def full(self):
        return not self.empty() and super().full()
