"""A manager does nothing else while one of its clients waits."""

import queue
import threading

BREAKS = {"manager.blocked-get-does-not-stall": "put('b') was still running after"}
COLLATERAL = ("get.blocks-when-empty",)

turn = threading.Lock()


class Served(queue.Queue):
    def get(self, block=True, timeout=None):
        with turn:
            return super().get(block, timeout)

    def put(self, item, block=True, timeout=None):
        with turn:
            super().put(item, block, timeout)
