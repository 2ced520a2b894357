"""The room of an item that cannot be pickled is lost."""

from multiprocessing import queues
from multiprocessing.reduction import ForkingPickler

BREAKS = {
    "cap.restored-after-pickle-error": "put('good') was still running",
}
COLLATERAL = ("jt.after-close-waits",)


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        try:
            ForkingPickler.dumps(obj)
        except Exception:
            self._sem.acquire(block, timeout)
        else:
            super().put(obj, block, timeout)
