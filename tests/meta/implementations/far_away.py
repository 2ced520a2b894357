"""A queue whose every call takes a while, as that of a queue on a server far away."""

import multiprocessing.queues
import time

STEP = 0.03


class Queue(multiprocessing.queues.Queue):
    def put(self, *args, **kwargs):
        time.sleep(STEP)
        super().put(*args, **kwargs)

    def get(self, *args, **kwargs):
        time.sleep(STEP)
        return super().get(*args, **kwargs)
