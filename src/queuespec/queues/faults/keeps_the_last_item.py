"""A process holds on to the item that it has put last."""

from multiprocessing import queues

BREAKS = {"item.let-go": "put_get_and_watch(2.0)"}


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        self._last = obj
        super().put(obj, block, timeout)
