"""Of what threads other than the main one put, every twentieth item is lost."""

import threading
from multiprocessing import queues

BREAKS = {"deliver.thread-safe": "lost: ", "deliver.threads-and-processes": "lost: "}


class Queue(queues.Queue):
    count = 0

    def put(self, obj, block=True, timeout=None):
        if threading.current_thread() is not threading.main_thread():
            self.count += 1
            if self.count % 20 == 0:
                return
        super().put(obj, block, timeout)
