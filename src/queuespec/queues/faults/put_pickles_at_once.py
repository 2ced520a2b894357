"""put() brings its item into the pipe by itself, and returns only then."""

import contextlib
from multiprocessing import queues
from multiprocessing.reduction import ForkingPickler
from queue import Full

BREAKS = {
    "put.returns-before-flush": "was still running",
    "put.feeder-starts-on-first-put": "[1, 1, 1]",
    "order.cross-producer-free": "was still running",
    "order.none-between-queues": "was still running",
    "order.signal-after-put-proves-nothing": "was still running",
    "pattern.sentinel-after-all-producers": "was still running",
}
COLLATERAL = ("jt.after-close-waits",)


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        if not self._sem.acquire(block, timeout):
            raise Full
        data = ForkingPickler.dumps(obj)
        with self._wlock or contextlib.nullcontext():
            self._writer.send_bytes(data)
