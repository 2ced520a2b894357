"""After shutdown() of a manager's queue those that wait go on waiting, and the queue takes and keeps items."""

import queue

BREAKS = {
    "manager.shutdown-put": "put('a') should have raised ShutDown, but it returned None",
    "manager.shutdown-wakes": "get() was still running after",
    "manager.shutdown-immediate": "get() should have raised ShutDown, but it returned 'a'",
}
PRETENDS = {"python": (3, 13, 0)}


class Served(queue.Queue):
    def shutdown(self, immediate=False):
        pass
