"""empty() waits until no process is in get()."""

from multiprocessing import queues

BREAKS = {"look.never-blocks": "look() was still running after"}


class Queue(queues.Queue):
    def empty(self):
        with self._rlock:
            return super().empty()
