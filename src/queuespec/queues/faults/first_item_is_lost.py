"""The first item that a process puts never arrives."""

from multiprocessing import queues

BREAKS = {
    "exit.no-flush-on-os-exit": "item 01",
    "exit.small-join-before-get-ok": "should have returned, but it raised Empty",
}
COLLATERAL = "everything"


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        if self._thread is None:
            self._start_thread()
        else:
            super().put(obj, block, timeout)
