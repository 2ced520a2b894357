"""get() waits unless block is False itself: 0 is not enough."""

from multiprocessing import queues

BREAKS = {
    "get.truthiness-of-block": "was still running after",
}


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        return super().get(block is not False, timeout)
