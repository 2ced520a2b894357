"""task_done() is refused in a process that has closed the queue."""

from multiprocessing import queues

BREAKS = {"join.after-close": "task_done() should have returned, but it raised ValueError"}


class JoinableQueue(queues.JoinableQueue):
    def task_done(self):
        if self._closed:
            raise ValueError("closed")
        super().task_done()
