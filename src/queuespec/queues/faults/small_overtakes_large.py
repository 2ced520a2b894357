"""A small item overtakes a large one."""

from multiprocessing import queues
from multiprocessing.reduction import ForkingPickler

BREAKS = {
    "order.mixed-sizes": "reordered: 0, 2, 4",
}
COLLATERAL = ("jt.after-close-waits",)


class Queue(queues.Queue):
    _large = ()

    def put(self, obj, block=True, timeout=None):
        if len(ForkingPickler.dumps(obj)) > 1000:
            self._large = (obj,)
            return
        super().put(obj, block, timeout)
        for item in self._large:
            super().put(item)
        self._large = ()
