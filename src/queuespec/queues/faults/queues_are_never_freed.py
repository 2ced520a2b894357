"""A queue that nobody uses any more stays in memory, with everything that it holds."""

from multiprocessing import queues

BREAKS = {
    "close.gc-closes": "was still running after",
    "resources.descriptors": "descriptors remain of 20 queues",
    "resources.threads": "threads remain of 20 queues",
    "resources.semaphores": "semaphores remain of 20 queues",
}

_kept: list = []


class Queue(queues.Queue):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _kept.append(self)
