"""A child that was forked relies on the thread of its parent to send what it puts."""

from multiprocessing import queues

START_METHODS = ("fork",)
BREAKS = {
    "share.used-before": "get() was still running after",
    "share.grandchild-of-a-user": "get() was still running after",
}


class Queue(queues.Queue):
    def _reset(self, after_fork=False):
        thread = self._thread if after_fork else None
        super()._reset(after_fork)
        self._thread = thread
