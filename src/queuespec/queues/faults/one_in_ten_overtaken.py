"""One item in ten comes out after the one that was put after it."""

from multiprocessing import queues

BREAKS = {
    "order.fifo-single-producer": "reordered: 4, 14",
    "order.per-producer": "(put by producer 1)",
    "pattern.sentinel-ends-consumer": "reordered: 4, 14",
    "pattern.producer-consumer": "should have returned ['job 0'",
    "pattern.producer-consumer-program": "lost: 4",
}
COLLATERAL = ("item.none-falsy", "exit.child-flushes")


class Late:
    _count = 0

    def put(self, obj, *args, **kwargs):
        self._count += 1
        if self._count % 10 == 5:
            self._late = obj
            return
        super().put(obj, *args, **kwargs)
        if self._count % 10 == 6:
            super().put(self._late)


class Queue(Late, queues.Queue):
    pass


class SimpleQueue(Late, queues.SimpleQueue):
    pass
