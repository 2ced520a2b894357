"""A child that was forked sends what waited in its parent's buffer once more."""

from multiprocessing import queues

START_METHODS = ("fork",)
BREAKS = {"share.fork-does-not-duplicate": "duplicated: 'second'"}


class Queue(queues.Queue):
    def _reset(self, after_fork=False):
        waiting = list(self._buffer) if after_fork else []
        super()._reset(after_fork)
        self._buffer.extend(waiting)

    def _start_thread(self):
        waiting = list(self._buffer)
        super()._start_thread()
        self._buffer.extend(waiting)
