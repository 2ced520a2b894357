"""A manager cannot rebuild the proxies of its own queues, and so does not keep them."""

import queue
from multiprocessing.managers import BaseProxy

BREAKS = {"manager.nested": "put(queue) should have returned, but it raised TypeError"}


class Served(queue.Queue):
    def put(self, item, block=True, timeout=None):
        if isinstance(item, BaseProxy):
            raise TypeError("this is the proxy of a queue")
        super().put(item, block, timeout)
