"""A manager hands out the context's own queues, with their pipe and their feeder thread."""

BREAKS = {
    "manager.no-close-methods": "close() should have raised AttributeError, but it returned None",
    "manager.put-keyword": "put(item='a') should have returned, but it raised TypeError",
    "manager.negative-timeout": "should have raised ValueError, but it raised Empty",
    "manager.unpicklable": "should have raised Exception, but it returned None",
    "manager.join-before-drain-ok": "had not ended",
    "manager.any-context": "put_from_a_spawned_process(",
    "manager.picklable-proxy": "was still running after",
    "manager.repr-str": "!=",
    "manager.shutdown": "shutdown() should have returned, but it raised AttributeError",
}

START_METHODS = ("fork",)

PRETENDS = {"python": [3, 13, 0]}


class NoManager:
    def __init__(self, context):
        self.context = context

    def Queue(self, maxsize=0):
        return self.context.JoinableQueue(maxsize)

    JoinableQueue = Queue


def manager(context):
    return NoManager(context)
