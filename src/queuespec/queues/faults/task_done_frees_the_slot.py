"""An item keeps its room until task_done() is called for it."""

import threading
from multiprocessing import queues

BREAKS = {
    "cap.not-freed-by-task-done": "put('second') was still running",
    "cap.task-done-does-not-free": "should have raised Full",
}
COLLATERAL = ("cap.freed-by-get",)


class JoinableQueue(queues.JoinableQueue):
    def get(self, block=True, timeout=None):
        slots, self._sem = self._sem, threading.Semaphore()
        try:
            return super().get(block, timeout)
        finally:
            self._sem = slots

    def task_done(self):
        super().task_done()
        self._sem.release()
