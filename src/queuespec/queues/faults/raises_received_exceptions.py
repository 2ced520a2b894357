"""get() raises an item that is an exception instead of returning it."""

from multiprocessing import queues

BREAKS = {"item.exceptions-and-classes": "should have returned, but it raised ValueError('parcel lost', 3)"}


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        obj = super().get(block, timeout)
        if isinstance(obj, BaseException):
            raise obj
        return obj
