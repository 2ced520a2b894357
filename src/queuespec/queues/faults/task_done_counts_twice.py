"""task_done() marks two items as done."""

from multiprocessing import queues

BREAKS = {"td.one-per-item": "join() did not block: it returned None"}


class JoinableQueue(queues.JoinableQueue):
    def task_done(self):
        super().task_done()
        try:
            super().task_done()
        except ValueError:
            pass
