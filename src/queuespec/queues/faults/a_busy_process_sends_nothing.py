"""Items are sent only when the main thread of their process has nothing else to do."""

import sys
import threading
import time
from multiprocessing import queues

BREAKS = {"deliver.from-busy-process": "get() was still running after"}


def main_thread_is_busy():
    frame = sys._current_frames().get(threading.main_thread().ident)
    while frame is not None and frame.f_code.co_name != "put_and_be_busy":
        frame = frame.f_back
    return frame is not None


class Parcel:
    def __init__(self, item):
        self.item = item

    def __reduce__(self):
        while main_thread_is_busy():
            time.sleep(0.01)
        return same, (self.item,)


def same(item):
    return item


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        super().put(Parcel(obj), block, timeout)
