"""close() waits until everything is flushed."""

from multiprocessing import queues

BREAKS = {"close.does-not-wait": "was still running after"}
COLLATERAL = ("jt.after-close-waits",)


class Queue(queues.Queue):
    def close(self):
        super().close()
        self.join_thread()
