"""join() waits for nothing."""

from multiprocessing import queues

BREAKS = {
    "pattern.joinable-workers": "join() did not block",
    "join.blocks-until-all-done": "join() did not block: it returned None",
    "join.count-rises-on-put": "join() did not block: it returned None",
    "join.many-waiters": "join() did not block: it returned None",
    "join.reusable": "join() did not block: it returned None",
    "join.interruptible": "should have returned 1, but it returned 0",
    "td.one-per-item": "join() did not block: it returned None",
    "td.too-many": "join() did not block: it returned None",
    "td.consumer-death": "join() did not block: it returned None",
    "td.unpicklable-leaves-count": "join() did not block: it returned None",
}


class JoinableQueue(queues.JoinableQueue):
    def join(self):
        pass
