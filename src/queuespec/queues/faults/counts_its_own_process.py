"""qsize() and full() know only what their own process has put and got."""

from multiprocessing import queues

BREAKS = {
    "look.qsize-approximate": "qsize() should have returned 2, but it returned -1",
    "look.full-true-at-capacity": "full() should have returned True, but it returned False",
    "look.full-false-below-capacity": "full() should have returned False, but it returned True",
}


class Queue(queues.Queue):
    size = 0

    def put(self, obj, block=True, timeout=None):
        super().put(obj, block, timeout)
        self.size += 1

    def get(self, block=True, timeout=None):
        obj = super().get(block, timeout)
        self.size -= 1
        return obj

    def qsize(self):
        return self.size

    def full(self):
        return self.size >= self._maxsize
