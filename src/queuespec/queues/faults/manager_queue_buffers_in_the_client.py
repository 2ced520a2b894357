"""put() on a manager's queue returns before the manager has the item; the client sends it a moment later."""

import queue
import threading
from multiprocessing import managers

BREAKS = {
    "manager.survives-producer": "get_nowait() should have returned, but it raised Empty",
    "manager.visible-at-once": "get_nowait() should have returned, but it raised Empty",
}
COLLATERAL = ("get.blocks-when-empty", "item.none-falsy", "deliver.child-to-child")

Served = queue.Queue


class Proxy(managers.BaseProxy):
    _exposed_ = ("get_nowait", "put")

    def get_nowait(self):
        return self._callmethod("get_nowait")

    def put(self, item):
        late = threading.Timer(1.0, self._callmethod, ("put", (item,)))
        late.daemon = True
        late.start()
