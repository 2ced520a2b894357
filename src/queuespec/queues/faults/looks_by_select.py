"""get() and empty() wait by `select`, which knows of the first thousand files only."""

import functools
import select
from multiprocessing import queues

START_METHODS = ("fork",)
BREAKS = {"resources.many-files": "filedescriptor out of range in select()"}


def poll(reader, timeout=0.0):
    return bool(select.select([reader], [], [], max(0.0, timeout))[0])


class Queue(queues.Queue):
    def _reset(self, after_fork=False):
        super()._reset(after_fork)
        self._poll = functools.partial(poll, self._reader)
