"""A put() that raises Full counts as an unfinished item."""

from multiprocessing import queues
from queue import Full

BREAKS = {"joinable.failed-put-not-counted": "join() was still running after"}


class JoinableQueue(queues.JoinableQueue):
    def put(self, obj, block=True, timeout=None):
        try:
            super().put(obj, block, timeout)
        except Full:
            self._unfinished_tasks.release()
            raise
