"""One item in ten is lost on its way."""

from multiprocessing import queues

BREAKS = {
    "order.each-consumer-sees-subsequence": "lost: 9, 19, 29, 39, 49 (put by producer",
    "pattern.sentinel-ends-consumer": "lost: 9, 19",
}
COLLATERAL = ("exit.child-flushes",)


class Queue(queues.Queue):
    _count = 0

    def put(self, obj, block=True, timeout=None):
        self._count += 1
        if self._count % 10:
            super().put(obj, block, timeout)
