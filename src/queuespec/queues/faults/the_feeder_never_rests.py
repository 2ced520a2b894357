"""The thread that sends looks for items all the time, instead of waiting to be told of one."""

import threading
from multiprocessing import queues

BREAKS = {"resources.processor": "it works for"}


class Restless(threading.Condition):
    def wait(self, timeout=None):
        return super().wait(0)


class Queue(queues.Queue):
    def _reset(self, after_fork=False):
        super()._reset(after_fork)
        self._notempty = Restless(threading.Lock())
