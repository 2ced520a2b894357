"""put() and get() never wait, unless they are given a time-out."""

from multiprocessing import queues

BREAKS = {
    "put.blocks-when-full": "did not block: it raised Full",
    "put.timeout-none-is-forever": "did not block: it raised Full",
    "cap.blocked-put-wakes-across": "did not block: it raised Full",
    "get.blocks-when-empty": "did not block: it raised Empty",
    "get.timeout-none-is-forever": "did not block: it raised Empty",
}
COLLATERAL = ("cap.freed-by-get", "deliver.child-to-child")


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        super().put(obj, block and timeout is not None, timeout)

    def get(self, block=True, timeout=None):
        return super().get(block and timeout is not None, timeout)
