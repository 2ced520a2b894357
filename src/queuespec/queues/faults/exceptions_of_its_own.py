"""What cannot wait raises exceptions of its own: a kind of Empty and Full, and of TimeoutError."""

import queue as thread_queue
from multiprocessing import queues

BREAKS = {
    "api.empty-full-identity": "should have returned something true, but it returned False",
    "api.full-identity": "should have returned something true, but it returned False",
    "api.not-timeout-error": "'TimeoutError' not in",
    "api.not-timeout-error-put": "'TimeoutError' not in",
}


class Empty(thread_queue.Empty, TimeoutError):
    pass


class Full(thread_queue.Full, TimeoutError):
    pass


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        try:
            return super().get(block, timeout)
        except thread_queue.Empty:
            raise Empty from None

    def put(self, obj, block=True, timeout=None):
        try:
            super().put(obj, block, timeout)
        except thread_queue.Full:
            raise Full from None
