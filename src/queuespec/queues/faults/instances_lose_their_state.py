"""Instances of a class of one's own arrive without their state."""

from multiprocessing import queues

BREAKS = {"item.custom-class": "get_state() should have returned {'label': 'a', 'weight': 2}, but it returned {}"}


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        obj = super().get(block, timeout)
        if type(obj).__name__ == "Parcel":
            vars(obj).clear()
        return obj
