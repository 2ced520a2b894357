"""A put() that waits for room keeps task_done() waiting as well."""

from multiprocessing import queues

BREAKS = {"td.while-put-waits": "task_done() was still running after"}


class JoinableQueue(queues.JoinableQueue):
    def put(self, obj, block=True, timeout=None):
        with self._cond:
            super().put(obj, block, timeout)
