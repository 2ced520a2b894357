"""join_thread() waits for a feeder also where there has never been one."""

import threading
from multiprocessing import queues

BREAKS = {"jt.unused-returns": "join_thread() was still running after"}


class Queue(queues.Queue):
    def join_thread(self):
        if self._thread is None:
            threading.Event().wait()
        super().join_thread()
