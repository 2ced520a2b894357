"""What of an item goes beyond a page of memory is lost."""

from multiprocessing import queues

BREAKS = {"deliver.no-loss": "invented: 'damaged: 4096 of "}
COLLATERAL = ("item.none-falsy",)


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        obj = super().get(block, timeout)
        if isinstance(obj, tuple) and isinstance(obj[-1], tuple):
            producer, number, (tag, size, data) = obj
            return producer, number, (tag, size, data[:4096])
        return obj
