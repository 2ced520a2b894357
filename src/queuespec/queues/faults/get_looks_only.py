"""get() leaves the item where it is: it comes out again."""

from multiprocessing import queues

BREAKS = {
    "get.removes-and-returns": "should have returned 'second', but it returned 'first'",
    "order.fifo-in-process": "should have returned 'b', but it returned 'a'",
    "pattern.worker-pool": "duplicated: ",
}
COLLATERAL = ("item.none-falsy", "exit.child-flushes")


class Queue(queues.Queue):
    _seen = ()

    def get(self, block=True, timeout=None):
        if self._seen:
            (item,), self._seen = self._seen, ()
            return item
        item = super().get(block, timeout)
        self._seen = (item,)
        return item
