"""Of several threads that put for the first time together, each starts a thread for sending."""

import threading
import time
from multiprocessing import queues

BREAKS = {"put.one-feeder-for-all-threads": "<="}


class Queue(queues.Queue):
    def _reset(self, after_fork=False):
        super()._reset(after_fork)
        self._beginners = 0
        self._ended = threading.Event()

    def put(self, obj, block=True, timeout=None):
        if self._thread is None:
            self._beginners += 1
            time.sleep(0.2)
        super().put(obj, block, timeout)
        if self._beginners > 1:
            threading.Thread(target=self._ended.wait, daemon=True).start()

    def close(self):
        super().close()
        self._ended.set()
