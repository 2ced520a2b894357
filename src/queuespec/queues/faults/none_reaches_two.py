"""None reaches two consumers."""

from multiprocessing import queues

BREAKS = {
    "pattern.one-sentinel-per-consumer": "[[], []]",
}
COLLATERAL = ("item.none-falsy",)


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        super().put(obj, block, timeout)
        if obj is None:
            super().put(obj, block, timeout)
