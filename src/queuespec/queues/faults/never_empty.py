"""empty() is always false."""

from multiprocessing import queues

BREAKS = {
    "look.fresh-queue-is-empty": "empty() should have returned True, but it returned False",
    "look.empty-true-when-drained": "empty() should have returned True, but it returned False",
}


class Queue(queues.Queue):
    def empty(self):
        return False


class SimpleQueue(queues.SimpleQueue):
    empty = Queue.empty
