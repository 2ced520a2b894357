"""put() returns when the item is in the pipe, unless the pipe is full."""

import select
import time
from multiprocessing import queues


class Flushing:
    """Counts what its feeder thread has brought on its way: an item is pickled, then written, one after the other."""

    def put(self, obj, block=True, timeout=None):
        super().put(obj, block, timeout)
        while self._thread.is_alive() and self._is_moving():
            time.sleep(0.0001)

    def _is_moving(self):
        if self._buffer or not self._notempty._waiters:
            return bool(select.select((), (self._writer,), (), 0)[1])
        return False


class Queue(Flushing, queues.Queue):
    pass


class JoinableQueue(Flushing, queues.JoinableQueue):
    pass
