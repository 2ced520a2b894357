"""Proxies of any two queues are equal."""

import queue
from multiprocessing import managers

BREAKS = {"manager.no-value-equality": "should have returned something false, but it returned True"}
COLLATERAL = ("get.blocks-when-empty", "item.none-falsy", "deliver.child-to-child")

Served = queue.Queue


class Proxy(managers.BaseProxy):
    def __eq__(self, other):
        return isinstance(other, Proxy)

    __hash__ = managers.BaseProxy.__hash__
