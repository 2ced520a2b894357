"""An item that cannot be pickled ends the process that puts it."""

import os
import pickle
from multiprocessing import queues

BREAKS = {"exit.bad-item-last": "died with exit code 70"}
COLLATERAL = ("jt.after-close-waits", "exit.child-flushes")


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        try:
            pickle.dumps(obj)
        except Exception:
            os._exit(70)
        super().put(obj, block, timeout)
