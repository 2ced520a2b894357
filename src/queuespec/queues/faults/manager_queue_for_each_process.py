"""A manager hands out thread queues that are each process's own."""

import queue

BREAKS = {
    "manager.queue": "put_nowait('b') should have raised Full, but it returned None",
    "manager.qsize-everywhere": "qsize() should have returned 2, but it returned 1",
    "manager.visible-at-once": "get_nowait() should have returned, but it raised Empty",
    "manager.server-unpickles": "was still running after",
}
COLLATERAL = ("get.blocks-when-empty", "item.none-falsy", "deliver.child-to-child")

START_METHODS = ("fork",)


class NoManager:
    def Queue(self, maxsize=0):
        return queue.Queue(maxsize)

    JoinableQueue = Queue


def manager(context):
    return NoManager()
