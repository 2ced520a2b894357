"""Each put() brings its item on its way in a thread of its own."""

import contextlib
import threading
from multiprocessing import queues
from multiprocessing.reduction import ForkingPickler
from queue import Full

BREAKS = {
    "order.threads-of-one-process": "did not block: it returned 'later'",
    "put.feeder-starts-on-first-put": "[1, 2, 3]",
}
COLLATERAL = ("jt.after-close-waits", "exit.child-flushes")


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        if not self._sem.acquire(block, timeout):
            raise Full
        threading.Thread(target=self._send, args=(obj,), daemon=True).start()

    def _send(self, obj):
        data = ForkingPickler.dumps(obj)
        with self._wlock or contextlib.nullcontext():
            self._writer.send_bytes(data)
        threading.Event().wait()
