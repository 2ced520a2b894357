"""SimpleQueue.put() returns before the item is in the pipe; a thread puts it there a moment later."""

import threading
from multiprocessing import queues

BREAKS = {
    "simple.visible-at-once": "empty() should have returned something false, but it returned True",
    "simple.no-exit-wait": "get() was still running after",
    "simple.put-blocks-on-full-pipe": "did not block: it returned None",
}
COLLATERAL = ("item.none-falsy",)


class SimpleQueue(queues.SimpleQueue):
    def put(self, obj):
        late = threading.Timer(1.0, super().put, (obj,))
        late.daemon = True
        late.start()
