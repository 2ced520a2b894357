"""put() tries whether an item can be pickled before it is pickled."""

import pickle
from multiprocessing import queues

BREAKS = {
    "item.pickle-once": "times_pickled() should have returned 1, but it returned 2",
    "item.unpicklable-put-returns": "should have returned, but it raised",
}
COLLATERAL = ("jt.after-close-waits", "exit.child-flushes")


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        pickle.dumps(obj)
        super().put(obj, block, timeout)
