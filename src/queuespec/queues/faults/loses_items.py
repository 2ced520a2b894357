"""Every fiftieth item is lost."""

from multiprocessing import queues

BREAKS = {
    "deliver.no-loss": "lost: 49, 99, ",
    "deliver.bounded-crowd": "lost: 49, 99, ",
}
COLLATERAL = ("exit.child-flushes",)


class Queue(queues.Queue):
    count = 0

    def put(self, obj, block=True, timeout=None):
        self.count += 1
        if self.count % 50:
            super().put(obj, block, timeout)
