"""A queue tries to start its thread once: if it cannot be started at that moment, nothing is ever sent."""

import threading
from multiprocessing import queues

PRETENDS = {"python": [3, 13, 0], "python_version": "3.13.0"}
BREAKS = {"put.without-threads": "was still running after"}


class Queue(queues.Queue):
    def _start_thread(self):
        try:
            super()._start_thread()
        except RuntimeError:
            self._thread = threading.Thread()
            raise
