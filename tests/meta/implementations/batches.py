"""A queue that hands out several items at a time, and the same wrong in three ways."""

import multiprocessing.queues
from queue import Empty

NUMBER = 1_000_000


class BatchQueue(multiprocessing.queues.Queue):
    """Stands for a queue of yours: get_many() waits for an item, and also takes what else has arrived."""

    def get_many(self, block=True, timeout=None, max_messages_to_get=NUMBER):
        items = [self.get(block, timeout)]
        while len(items) < max_messages_to_get:
            try:
                items.append(self.get_nowait())
            except Empty:
                break
        return items


class NotWaiting(BatchQueue):
    def get_many(self, block=True, timeout=None, max_messages_to_get=NUMBER):
        return [] if self.empty() else super().get_many(block, timeout, max_messages_to_get)


class Unlimited(BatchQueue):
    def get_many(self, block=True, timeout=None, max_messages_to_get=NUMBER):
        return super().get_many(block, timeout)


class Latest(BatchQueue):
    def get_many(self, block=True, timeout=None, max_messages_to_get=NUMBER):
        return super().get_many(block, timeout, max_messages_to_get)[::-1]


class WithoutLimit:
    """The adapter of a queue whose get_many() takes no limit."""

    name = "without_limit"
    lacks = ("batch.limit",)

    def queue(self, kind, owner, maxsize=0):
        return BatchQueue(maxsize, ctx=owner)
