"""Items stay in the process that put them: it is a thread queue, and nothing is pickled."""

import queue
from multiprocessing import queues

BREAKS = {
    "item.serialised": "'the same memory'",
    "item.later-mutation-receiver": "['a', 'b']",
    "deliver.child-to-child": "get() was still running after",
    "look.empty-not-for-control-flow": "take_until_empty() should have returned []",
    "look.qsize-no-guarantee": "get_nowait() should have raised Empty",
}
COLLATERAL = (
    "get.blocks-when-empty",
    "cap.freed-by-get",
    "item.none-falsy",
    "jt.after-close-waits",
    "exit.child-flushes",
)


class Queue(queues.Queue):
    def _reset(self, after_fork=False):
        super()._reset(after_fork)
        items = queue.Queue(self._maxsize)
        self.put, self.get, self.get_nowait = items.put, items.get, items.get_nowait
        self.qsize, self.empty, self.full = items.qsize, items.empty, items.full
