"""get() raises EOFError when nothing has come for a moment."""

from multiprocessing import queues
from queue import Empty

BREAKS = {
    "get.no-eof": "EOFError",
    "get.blocks-when-empty": "EOFError",
}


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        if not block or timeout is not None:
            return super().get(block, timeout)
        try:
            return super().get(True, 0.05)
        except Empty:
            raise EOFError from None
