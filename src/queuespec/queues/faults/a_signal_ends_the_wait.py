"""A call that waits raises an error as soon as a signal has been handled."""

import signal
import socket
import threading
from multiprocessing import connection, queues
from queue import Empty, Full

BREAKS = {
    "get.goes-on-after-signal": "did not block: it raised InterruptedError",
    "put.goes-on-after-signal": "did not block: it raised InterruptedError",
}


def until_a_signal(attempt, failure):
    if threading.current_thread() is not threading.main_thread():
        return attempt(True, None)
    signals, written = socket.socketpair()
    with signals, written:
        written.setblocking(False)
        before = signal.set_wakeup_fd(written.fileno(), warn_on_full_buffer=False)
        try:
            while True:
                try:
                    return attempt(True, 0.01)
                except failure:
                    if connection.wait([signals], 0):
                        raise InterruptedError("a signal was handled") from None
        finally:
            signal.set_wakeup_fd(before)


class Queue(queues.Queue):
    def get(self, block=True, timeout=None):
        if not block or (timeout is not None and timeout < 1):
            return super().get(block, timeout)
        return until_a_signal(super().get, Empty)

    def put(self, obj, block=True, timeout=None):
        if not block or (timeout is not None and timeout < 1):
            return super().put(obj, block, timeout)
        put = super().put
        return until_a_signal(lambda *words: put(obj, *words), Full)
