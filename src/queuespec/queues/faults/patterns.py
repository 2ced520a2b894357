"""Queues that are wrong about the usual patterns of use."""

from multiprocessing import queues

from queuespec.queues.declare import EVERYTHING, fault
from queuespec.queues.parts import Receiving


@fault(
    breaks={"pattern.hello": "should have returned [42, None, 'hello'], but it returned (42, None, 'hello')"},
    collateral=("item.none-falsy",),
)
class ListsArriveAsTuples:
    """A list arrives as a tuple."""

    class Queue(Receiving):
        def received(self, item):
            return tuple(item) if isinstance(item, list) else item


@fault(
    breaks={
        "pattern.iter-sentinel": "was still running after",
        "get.nowait-takes-what-is-there": "should have returned 'item', but it returned b'item'",
    },
    collateral=EVERYTHING,
)
class TextArrivesAsBytes:
    """A string arrives as bytes."""

    class Queue(Receiving):
        def received(self, item):
            return item.encode() if isinstance(item, str) else item


@fault(breaks={"pattern.one-sentinel-per-consumer": "lost: 'job'"}, collateral=("item.none-falsy",))
class NoneReachesTwo:
    """None reaches two consumers."""

    class Queue(queues.Queue):
        def put(self, obj, block=True, timeout=None):
            super().put(obj, block, timeout)
            if obj is None:
                super().put(obj, block, timeout)


@fault(
    breaks={
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
)
class JoinReturnsAtOnce:
    """join() waits for nothing."""

    class JoinableQueue(queues.JoinableQueue):
        def join(self):
            pass
