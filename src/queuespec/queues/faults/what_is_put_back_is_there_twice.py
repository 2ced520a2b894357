"""An item that is put back by the process that got it is there twice from then on."""

from multiprocessing import queues

BREAKS = {"deliver.exclusive-token": "[0, 0, 0]"}


class Queue(queues.Queue):
    _last = None

    def get(self, block=True, timeout=None):
        self._last = super().get(block, timeout)
        return self._last

    def put(self, obj, block=True, timeout=None):
        super().put(obj, block, timeout)
        if isinstance(obj, str) and obj == self._last:
            super().put(obj, block, timeout)
