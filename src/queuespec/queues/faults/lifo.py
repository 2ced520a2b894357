"""What a process has put last comes out first."""

from multiprocessing import queues

BREAKS = {
    "order.fifo-in-process": "should have returned 'a', but it returned 'b'",
    "get.removes-and-returns": "should have returned 'first', but it returned 'second'",
    "put.none-and-any-object": "should have returned None, but it returned 'after'",
}


class Lifo:
    _under_way = 0

    def put(self, obj, block=True, timeout=None):
        super().put(obj, block, timeout)
        self._under_way += 1

    def get(self, block=True, timeout=None):
        stack = self.__dict__.setdefault("_stack", [])
        while self._under_way:
            stack.append(super().get())
            self._under_way -= 1
        return stack.pop() if stack else super().get(block, timeout)


class Queue(Lifo, queues.Queue):
    pass


class JoinableQueue(Lifo, queues.JoinableQueue):
    pass
