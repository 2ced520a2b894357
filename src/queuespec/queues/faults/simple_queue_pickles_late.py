"""A SimpleQueue keeps its items unpickled until the next call."""

from multiprocessing import queues

BREAKS = {
    "item.simple-snapshot": "get() should have returned ['early'], but it returned ['early', 'late']",
    "item.unpicklable-simple": "should have raised Exception, but it returned None",
}
COLLATERAL = ("get.blocks-when-empty", "item.none-falsy", "deliver.child-to-child")


class SimpleQueue(queues.SimpleQueue):
    waiting = ()

    def put(self, obj):
        self.waiting = (*self.waiting, obj)

    def get(self):
        while self.waiting:
            obj, *self.waiting = self.waiting
            super().put(obj)
        return super().get()
