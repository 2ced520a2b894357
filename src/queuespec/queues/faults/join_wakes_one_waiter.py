"""The last task_done() wakes only one of those that wait in join()."""

from multiprocessing import queues

BREAKS = {"join.many-waiters": "join() was still running after"}


class JoinableQueue(queues.JoinableQueue):
    def task_done(self):
        with self._cond:
            if not self._unfinished_tasks.acquire(False):
                raise ValueError("task_done() called too many times")
            if self._unfinished_tasks._semlock._is_zero():
                self._cond.notify()
