"""put() pickles the item and writes it to the pipe itself."""

from multiprocessing import queues, reduction

BREAKS = {
    "item.unpicklable-put-returns": "should have returned, but it raised",
    "item.unpicklable-skipped": "should have returned, but it raised",
    "item.pickling-error-skipped": "should have returned, but it raised RecursionError",
    "item.unpicklable-reported": "should have returned, but it raised",
    "item.exit-while-pickling": "should have returned, but it raised SystemExit",
    "item.changed-while-pickling": "should have returned, but it raised RuntimeError",
    "item.reducer-in-feeder-thread": "but it returned 'this thread'",
    "payload.put-does-not-wait-for-reader": "was still running after",
}
COLLATERAL = ("put.nonblocking-raises-full", "cap.freed-by-get", "jt.after-close-waits")


class Queue(queues.Queue):
    def put(self, obj, block=True, timeout=None):
        self._sem.acquire(block, timeout)
        self._writer.send_bytes(reduction.ForkingPickler.dumps(obj))
