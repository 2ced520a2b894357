"""An item whose pickling meets a broken pipe is taken for the end of the queue's own pipe: its thread ends."""

from multiprocessing import queues

BREAKS = {"item.pickling-error-skipped": "get() was still running after"}


class Queue(queues.Queue):
    def _reset(self, after_fork=False):
        super()._reset(after_fork)
        self._ignore_epipe = True
