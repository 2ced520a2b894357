"""Closing a queue does nothing."""

from multiprocessing import queues

START_METHODS = ("spawn",)
BREAKS = {
    "share.closed-not-sendable": "should have raised OSError, but it returned",
    "share.close-ends-own-use": "put('x') should have raised ValueError, but it returned None",
}
COLLATERAL = ("jt.after-close-waits",)


class Queue(queues.Queue):
    def close(self):
        pass

    def join_thread(self):
        pass
