"""A SimpleQueue that refuses an item keeps its lock, and no other item can be put."""

from multiprocessing import queues, reduction

NOT_ON = ("win32",)
BREAKS = {
    "share.simplequeue-goes-on": "put('next') was still running after",
    "share.simplequeue-closed": "put('x') was still running after",
}


class SimpleQueue(queues.SimpleQueue):
    def put(self, obj):
        self._wlock.acquire()
        self._writer.send_bytes(reduction.ForkingPickler.dumps(obj))
        self._wlock.release()
