"""An item is put although put() raised Full."""

from multiprocessing import queues
from queue import Full

BREAKS = {
    "put.failed-put-adds-nothing": "should have returned 'third', but it returned 'second'",
}


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        try:
            super().put(obj, block, timeout)
        except Full:
            with self._notempty:
                self._buffer.append(obj)
                self._notempty.notify()
            raise
