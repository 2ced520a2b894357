"""cancel_join_thread() counts only when there is a thread already."""

from multiprocessing import queues

BREAKS = {"cancel.before-first-put": "the process of child had not ended"}


class Queue(queues.Queue):
    def cancel_join_thread(self):
        if self._thread is not None:
            super().cancel_join_thread()
