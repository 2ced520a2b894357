"""close() does not end the feeder, and join_thread() does not wait for it."""

from multiprocessing import queues

BREAKS = {"close.feeder-ends": "threads() should have returned"}
COLLATERAL = ("jt.after-close-waits",)


class Queue(queues.Queue):
    def close(self):
        self._closed = True

    def join_thread(self):
        pass
