"""The proxy of a manager's queue keeps its items until the next call."""

BREAKS = {
    "item.manager-snapshot": "get() should have returned ['early'], but it returned ['early', 'late']",
    "item.unpicklable-manager": "should have raised Exception, but it returned None",
    "item.unpickling-error-manager": "should have raised Exception, but it returned None",
}
COLLATERAL = ("get.blocks-when-empty", "item.none-falsy", "deliver.child-to-child")


class LateProxy:
    def __init__(self, proxy):
        self.proxy = proxy
        self.waiting = []

    def put(self, obj):
        self.waiting.append(obj)

    def get(self):
        while self.waiting:
            self.proxy.put(self.waiting.pop(0))
        return self.proxy.get()


def make(maxsize=0, *, ctx):
    return LateProxy(ctx.Queue(maxsize))


globals()["Manager.Queue"] = make
