"""SimpleQueue.put() calls its argument by the name that the documentation gives it."""

from multiprocessing import queues

BREAKS = {"simple.put-keyword": "put(obj='a') should have returned, but it raised TypeError"}


class SimpleQueue(queues.SimpleQueue):
    def put(self, item):
        super().put(item)
