"""A closed queue closes its files again when it is dropped, by numbers that may have another meaning by then."""

import contextlib
import os
from multiprocessing import queues

START_METHODS = ("fork",)
BREAKS = {"close.closes-once": "closed by somebody else"}


class Queue(queues.Queue):
    def __init__(self, maxsize=0, *, ctx):
        super().__init__(maxsize, ctx=ctx)
        self._numbers = (self._reader.fileno(), self._writer.fileno())

    def __del__(self):
        for number in self._numbers if self._closed else ():
            with contextlib.suppress(OSError):
                os.close(number)
