"""What a write that was cut short has not written is never written."""

import functools
import os
import struct
from multiprocessing import queues

START_METHODS = ("fork",)
BREAKS = {"payload.among-signals": "get_blocks(1) was still running after"}


def send(writer, data):
    os.write(writer.fileno(), struct.pack("!i", len(data)))
    os.write(writer.fileno(), data)


class Queue(queues.Queue):
    def _reset(self, after_fork=False):
        super()._reset(after_fork)
        self._send_bytes = functools.partial(send, self._writer)
