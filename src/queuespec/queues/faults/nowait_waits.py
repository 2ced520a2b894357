"""put_nowait() and get_nowait() wait."""

from multiprocessing import queues

BREAKS = {
    "put.nowait-equivalent": "was still running after",
    "get.nowait-equivalent": "was still running after",
}
COLLATERAL = ("cap.freed-by-get", "exit.child-flushes")


class Queue(queues.Queue):
    def put_nowait(self, obj):
        self.put(obj)

    def get_nowait(self):
        return self.get()
