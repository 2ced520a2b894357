"""Threads that put for the first time together start a thread for sending each."""

import time
from multiprocessing import queues

BREAKS = {"put.one-feeder-for-all-threads": "<="}


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        if self._thread is None:
            time.sleep(0.2)
            self._start_thread()
        super().put(obj, block, timeout)
