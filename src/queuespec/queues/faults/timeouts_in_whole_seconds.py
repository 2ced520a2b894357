"""Time-outs are cut to whole seconds: half a second is none."""

from multiprocessing import queues

BREAKS = {
    "put.timeout-int-or-float": "should have waited 0.2 s",
    "put.signature": "should have waited 0.1 s",
    "get.signature": "should have waited 0.1 s",
}


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        super().put(obj, block, timeout if timeout is None else int(timeout))

    def get(self, block=True, timeout=None):
        return super().get(block, timeout if timeout is None else int(timeout))
