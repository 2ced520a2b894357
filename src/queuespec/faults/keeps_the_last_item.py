"""A process holds on to the item that it has put last."""

from multiprocessing import queues

BREAKS = {"item.let-go": "should have returned 'let go', but it returned 'still held'"}


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        self._last = obj
        super().put(obj, block, timeout)
