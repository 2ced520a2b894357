"""get() of an empty SimpleQueue returns None instead of waiting."""

from multiprocessing import queues

BREAKS = {"simple.put-get": "get() did not block: it returned None"}
COLLATERAL = ("get.blocks-when-empty",)


class SimpleQueue(queues.SimpleQueue):
    def get(self):
        return None if self.empty() else super().get()
