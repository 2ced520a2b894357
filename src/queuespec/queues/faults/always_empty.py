"""empty() is always true, also for a closed queue."""

from multiprocessing import queues

BREAKS = {
    "look.empty-false-when-item": "empty() should have returned False, but it returned True",
    "look.empty-false-after-flush": "empty() should have returned False, but it returned True",
    "look.empty-closed-simple": "empty() should have raised OSError, but it returned True",
}


class Queue(queues.Queue):
    def empty(self):
        return True


class SimpleQueue(queues.SimpleQueue):
    empty = Queue.empty
