"""put() on a manager's queue returns before the manager has the item; the client sends it a moment later."""

import queue
import threading
from multiprocessing import managers

BREAKS = {
    "manager.survives-producer": "get_nowait() should have returned, but it raised Empty",
    "manager.visible-at-once": "get_nowait() should have returned, but it raised Empty",
}

Served = queue.Queue


class Proxy(managers.MakeProxyType("Proxy", ("get", "get_nowait", "put"))):
    def put(self, item):
        late = threading.Timer(1.0, super().put, (item,))
        late.daemon = True
        late.start()
