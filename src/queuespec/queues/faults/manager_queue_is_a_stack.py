"""A manager's queue hands out the item that was put last."""

import queue

BREAKS = {"manager.global-order": "get_many(3) should have returned ['first', 'second', 'third']"}
COLLATERAL = ("item.none-falsy",)

Served = queue.LifoQueue
