"""close() lets a put() that another thread waits in go on."""

from multiprocessing import queues

BREAKS = {"close.blocked-put-not-woken": "did not block: it returned"}


class Queue(queues.Queue):
    def close(self):
        super().close()
        if self.full():
            self._sem.release()
