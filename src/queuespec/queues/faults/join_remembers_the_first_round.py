"""Once join() has returned it never waits again."""

from multiprocessing import queues

BREAKS = {"join.reusable": "join() did not block: it returned None"}


class JoinableQueue(queues.JoinableQueue):
    over = False

    def join(self):
        if not self.over:
            super().join()
        self.over = True
