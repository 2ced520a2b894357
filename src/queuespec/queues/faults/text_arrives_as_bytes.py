"""Text arrives as bytes."""

from multiprocessing import queues

BREAKS = {
    "pattern.iter-sentinel": "was still running after",
    "get.nowait-takes-what-is-there": "should have returned 'item', but it returned b'item'",
}
COLLATERAL = "everything"


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        item = super().get(block, timeout)
        return item.encode() if isinstance(item, str) else item
