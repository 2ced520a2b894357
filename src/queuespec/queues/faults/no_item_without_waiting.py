"""get() finds an item only by waiting for it."""

from multiprocessing import queues
from queue import Empty

BREAKS = {
    "get.nonblocking-takes-what-is-there": "should have returned, but it raised Empty",
    "get.nowait-takes-what-is-there": "should have returned, but it raised Empty",
}
COLLATERAL = ("jt.after-close-waits", "exit.child-flushes")


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        if not block:
            raise Empty
        return super().get(True, timeout)
