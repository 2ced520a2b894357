"""A put() that raised Full leaves an unfinished task behind."""

from multiprocessing import queues
from queue import Full

BREAKS = {
    "put.failed-put-is-no-task": "join() was still running",
}


class JoinableQueue(queues.JoinableQueue):
    def put(self, obj, block=True, timeout=None):
        try:
            super().put(obj, block, timeout)
        except Full:
            self._unfinished_tasks.release()
            raise
