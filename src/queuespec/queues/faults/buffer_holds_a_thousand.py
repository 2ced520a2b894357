"""When more than a thousand items wait in a process, the oldest ones are dropped."""

import collections
from multiprocessing import queues

BREAKS = {"payload.many-wait": "get_blocks(3000) was still running after"}


class Queue(queues.Queue):
    def _reset(self, after_fork=False):
        super()._reset(after_fork)
        self._buffer = collections.deque(maxlen=1000)
