"""Ctrl-C does not end a put() or get() that waits."""

from multiprocessing import queues

BREAKS = {
    "put.interruptible": "was still running after",
    "get.interruptible": "was still running after",
}


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        try:
            super().put(obj, block, timeout)
        except KeyboardInterrupt:
            self.put(obj, block, timeout)

    def get(self, block=True, timeout=None):
        try:
            return super().get(block, timeout)
        except KeyboardInterrupt:
            return self.get(block, timeout)
