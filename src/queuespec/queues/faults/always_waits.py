"""put() and get() wait, also when they are told not to."""

from multiprocessing import queues

BREAKS = {
    "put.nonblocking-raises-full": "was still running after",
    "get.nonblocking-raises-empty": "was still running after",
}
COLLATERAL = ("cap.freed-by-get", "exit.child-flushes")


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        super().put(obj, True, timeout)

    def get(self, block=True, timeout=None):
        return super().get(True, timeout)
