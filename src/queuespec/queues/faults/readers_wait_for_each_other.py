"""get() waits until no other process does, however short its time-out is."""

from multiprocessing import queues

BREAKS = {
    "get.timed-while-other-blocked": "was still running after",
}


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        with self._rlock:
            pass
        return super().get(block, timeout)
