"""One item in ten comes out twice."""

from multiprocessing import queues

BREAKS = {
    "order.each-consumer-sees-subsequence": "duplicated: ",
    "pattern.token-ring": "should have returned",
    "pattern.worker-pool": "duplicated: ",
    "pattern.token-ring-output": "should have printed 'the counter is",
}
COLLATERAL = ("exit.child-flushes",)


class Queue(queues.Queue):
    _count = 0

    def put(self, obj, block=True, timeout=None):
        self._count += 1
        super().put(obj, block, timeout)
        if self._count % 10 == 0:
            super().put(obj, block, timeout)
