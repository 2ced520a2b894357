"""cancel_join_thread() counts for all children that are forked afterwards."""

from multiprocessing import queues

START_METHODS = ("fork",)
BREAKS = {"cancel.own-process-only": "the process of child should have gone on, but it ended with exit code 0"}


class Queue(queues.Queue):
    def _reset(self, after_fork=False):
        cancelled = after_fork and self._joincancelled
        super()._reset(after_fork)
        self._joincancelled = cancelled
