"""The last byte of an item is lost when its pickle just fills a pipe."""

import pickle
from multiprocessing import queues

BREAKS = {"payload.every-size": "; invented: 'damaged: "}


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        obj = super().get(block, timeout)
        if isinstance(obj, tuple) and len(pickle.dumps(obj)) in range((1 << 16) - 1, (1 << 16) + 2):
            obj = (*obj[:-1], obj[-1][:-1])
        return obj
