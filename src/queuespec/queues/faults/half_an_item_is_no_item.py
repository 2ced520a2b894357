"""get() with a time-out gives up on an item that has begun to arrive."""

import queue
import threading
from multiprocessing import queues

BREAKS = {
    "get.partial-message-overrun": "did not block: it raised Empty",
}


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        if timeout is None:
            return super().get(block, timeout)
        items = queue.Queue()
        threading.Thread(target=lambda: items.put(super(Queue, self).get()), daemon=True).start()
        return items.get(timeout=timeout)
