"""A queue has a length, so that an empty one is false."""

from multiprocessing import queues

BREAKS = {
    "api.no-len-iter-with": "should have returned [], but it returned ['__len__']",
    "api.queue-is-true": "should have returned something true, but it returned False",
}


class Queue(queues.Queue):
    def __len__(self):
        return 0
