"""empty() on a closed queue raises ValueError."""

from multiprocessing import queues

BREAKS = {"look.empty-closed": "empty_or_error() should have returned, but it raised ValueError"}


class Queue(queues.Queue):
    def empty(self):
        if self._closed:
            raise ValueError("closed")
        return super().empty()
