"""A child that was forked while its parent held the queue's lock finds it taken, for ever."""

from multiprocessing import queues

START_METHODS = ("fork",)
BREAKS = {"share.fork-during-put": "was still running after"}


class Queue(queues.Queue):
    def _reset(self, after_fork=False):
        taken = after_fork and self._notempty._lock.locked()
        super()._reset(after_fork)
        if taken:
            self._notempty.acquire()
