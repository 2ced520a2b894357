"""Every tenth item of a producer is overtaken by the next one."""

from multiprocessing import queues

BREAKS = {"deliver.no-loss": "reordered: ", "deliver.bounded-crowd": "reordered: "}
COLLATERAL = ("item.none-falsy", "exit.child-flushes")


class Queue(queues.Queue):
    count = 0
    held = ()

    def put(self, obj, block=True, timeout=None):
        self.count += 1
        if self.count % 10 == 9:
            self.held = (obj,)
            return
        super().put(obj, block, timeout)
        for late in self.held:
            super().put(late, block, timeout)
        self.held = ()
