"""A list arrives as a tuple."""

from multiprocessing import queues

BREAKS = {
    "pattern.hello": "should have returned [42, None, 'hello'], but it returned (42, None, 'hello')",
}
COLLATERAL = ("item.none-falsy",)


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        item = super().get(block, timeout)
        return tuple(item) if isinstance(item, list) else item
