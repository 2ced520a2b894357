"""put() and get() wait for ever whatever their timeout."""

from multiprocessing import queues

BREAKS = {"hazard.circular-wait": "was still running after"}


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        super().put(obj, block)

    def get(self, block=True, timeout=None):
        return super().get(block)
