"""get_nowait() on an empty queue raises ValueError, with a text that few consoles can write."""

from multiprocessing import queues

BREAKS = {"get.nonblocking-raises-empty": "should have raised Empty, but it raised ValueError"}
COLLATERAL = "everything"


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        if not block:
            raise ValueError("nichts übrig, 空っぽ, 🫙")
        return super().get(block, timeout)


class JoinableQueue(queues.JoinableQueue):
    get = Queue.get
