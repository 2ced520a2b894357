"""A closed queue goes on accepting items, which never arrive."""

from multiprocessing import queues

BREAKS = {"close.no-more-puts": "should have raised ValueError, but it returned None"}


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        if not self._closed:
            super().put(obj, block, timeout)
