"""Every process counts unfinished items for itself."""

import threading
from multiprocessing import queues

BREAKS = {"join.across-processes": "join() was still running after"}
COLLATERAL = ("join.blocks-until-all-done", "td.too-many")


class JoinableQueue(queues.JoinableQueue):
    """The count is that of the process that puts; get() makes the one that gets responsible for the item."""

    def _reset(self, after_fork=False):
        super()._reset(after_fork)
        self._count = 0
        self._done = threading.Condition()

    def put(self, obj, block=True, timeout=None):
        queues.Queue.put(self, obj, block, timeout)
        self._count += 1

    def get(self, block=True, timeout=None):
        item = super().get(block, timeout)
        self._count = 1
        return item

    def task_done(self):
        with self._done:
            if not self._count:
                raise ValueError("task_done() called too many times")
            self._count -= 1
            self._done.notify_all()

    def join(self):
        with self._done:
            self._done.wait_for(lambda: not self._count)
