"""A process that has put something never ends."""

import threading
from multiprocessing import queues, util

BREAKS = {
    "exit.join-after-drain-ok": "the process of child had not ended",
    "exit.small-join-before-get-ok": "the process of child had not ended",
}
COLLATERAL = ("exit.child-flushes",)


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        util.Finalize(None, threading.Event().wait, exitpriority=-10)
        super().put(obj, block, timeout)
