"""Queues that differ from the standard library's by a known cost, one that does not, and three that fail."""

import os
import queue
import time
from multiprocessing import queues

LARGE = 1 << 16
"""From this size on, in bytes, an item is large."""


class Same(queues.Queue):
    """The standard library's queue by another name."""


class TwiceForLarge(queues.Queue):
    """Sends a large item twice, and the consumer takes both: twice the cost."""

    def put(self, obj, block=True, timeout=None):
        super().put(obj, block, timeout)
        if isinstance(obj, bytes) and len(obj) >= LARGE:
            super().put(obj, block, timeout)

    def get(self, block=True, timeout=None):
        found = super().get(block, timeout)
        if isinstance(found, bytes) and len(found) >= LARGE:
            super().get(block, timeout)
        return found


class MillisecondMore(queues.Queue):
    """put() takes a millisecond more."""

    def put(self, obj, block=True, timeout=None):
        end = time.perf_counter() + 0.001
        super().put(obj, block, timeout)
        while time.perf_counter() < end:
            pass


class LinearBuffer(queues.Queue):
    """put() looks at all items in the buffer."""

    def put(self, obj, block=True, timeout=None):
        super().put(obj, block, timeout)
        for _ in [*self._buffer]:
            pass


class HangsForLarge(queues.Queue):
    """get() of a large item never returns."""

    def get(self, block=True, timeout=None):
        found = super().get(block, timeout)
        return super().get() if isinstance(found, bytes) and len(found) >= LARGE else found


class DiesOfLarge(queues.Queue):
    """put() of a large item ends its process."""

    def put(self, obj, block=True, timeout=None):
        if isinstance(obj, bytes) and len(obj) >= LARGE:
            os._exit(9)
        super().put(obj, block, timeout)


class RaisesForLarge(queues.Queue):
    """put() of a large item says that there is no room."""

    def put(self, obj, block=True, timeout=None):
        if isinstance(obj, bytes) and len(obj) >= LARGE:
            raise queue.Full
        super().put(obj, block, timeout)


class Adapter:
    kinds = ("Queue",)
    kind = Same

    def queue(self, kind, owner, maxsize=0):
        return self.kind(maxsize, ctx=owner)


class Large(Adapter):
    kind = TwiceForLarge


class Millisecond(Adapter):
    kind = MillisecondMore


class Linear(Adapter):
    kind = LinearBuffer


class Hanging(Adapter):
    kind = HangsForLarge


class Raising(Adapter):
    kind = RaisesForLarge


class Dying(Adapter):
    kind = DiesOfLarge
