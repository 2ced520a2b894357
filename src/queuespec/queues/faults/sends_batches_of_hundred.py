"""Items are sent a hundred at a time; fewer wait, also when their process ends."""

from multiprocessing import queues

BREAKS = {
    "deliver.parent-to-child": "get_many(2) was still running after",
    "deliver.after-producer-exit": "get_many(50) was still running after",
    "deliver.eventually-visible": "poll() was still running after",
}
COLLATERAL = "everything"


class Queue(queues.Queue):
    waiting = ()

    def put(self, obj, block=True, timeout=None):
        self.waiting = (*self.waiting, obj)
        while len(self.waiting) >= 100:
            first, *self.waiting = self.waiting
            super().put(first, block, timeout)
