"""A queue has no put_nowait()."""

from multiprocessing import queues

BREAKS = {"api.queue-methods": "should have returned [], but it returned ['put_nowait']"}
COLLATERAL = ("cap.freed-by-get",)


class Queue(queues.Queue):
    @property
    def put_nowait(self):
        raise AttributeError("put_nowait")
