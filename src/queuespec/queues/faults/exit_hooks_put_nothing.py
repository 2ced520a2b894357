"""What is put after the main thread has ended is dropped."""

import threading
from multiprocessing import queues

BREAKS = {"exit.put-in-exit-hook": "was still running after"}


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        if threading.main_thread().is_alive():
            super().put(obj, block, timeout)
