"""put() returns when the item is in the pipe, unless the pipe is full."""

import select
import time
from multiprocessing import queues


class Flushing:
    """Waits until its feeder thread, which waits for the next item then, has written this one."""

    def put(self, obj, block=True, timeout=None):
        super().put(obj, block, timeout)
        while not self._closed and self._is_flushing() and self._has_room():
            time.sleep(0.0005)

    def _is_flushing(self):
        with self._notempty:
            return self._buffer or not self._notempty._waiters

    def _has_room(self):
        """Whether the pipe is not full; where that cannot be asked, put() does not wait."""
        if not hasattr(select, "poll"):
            return False
        room = select.poll()
        room.register(self._writer, select.POLLOUT)
        return bool(room.poll(0))


class Queue(Flushing, queues.Queue):
    pass


class JoinableQueue(Queue, queues.JoinableQueue):
    pass
