"""join() looks at the count first and begins to wait then; what happens in between wakes nobody."""

from multiprocessing import queues

BREAKS = {"join.done-meanwhile": "was still running after"}


class JoinableQueue(queues.JoinableQueue):
    def join(self):
        if not self._unfinished_tasks._semlock._is_zero():
            with self._cond:
                self._cond.wait()
