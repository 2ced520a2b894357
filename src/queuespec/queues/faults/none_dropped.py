"""None is not put."""

from multiprocessing import queues

BREAKS = {
    "put.none-and-any-object": "should have returned None, but it returned 'after'",
    "pattern.producer-consumer": "was still running after",
    "pattern.one-sentinel-per-consumer": "was still running after",
}
COLLATERAL = ("item.none-falsy",)


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        if obj is not None:
            super().put(obj, block, timeout)
