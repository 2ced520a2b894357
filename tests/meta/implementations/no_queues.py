"""Classes that are no queues for several processes, and some that are, each in its own way."""

import queue
from multiprocessing import queues


class WantsAName(queues.Queue):
    def __init__(self, name):
        raise AssertionError("nobody has one")


class WithoutABroker(queues.Queue):
    def __init__(self, maxsize=0, *, ctx):
        raise ConnectionRefusedError("no broker at port 6379")


class Async:
    """As `asyncio.Queue`, which cannot be pickled before Python 3.10."""

    async def put(self, item):
        pass


class GetsAsync(queues.Queue):
    async def get(self):
        pass


class OfEachProcess:
    """What a process unpickles is a queue of its own."""

    def __init__(self, maxsize=0):
        self.maxsize = maxsize
        self.queue = queue.Queue(maxsize)

    def put(self, item):
        self.queue.put(item)

    def get(self):
        return self.queue.get()

    def __reduce__(self):
        return OfEachProcess, (self.maxsize,)


class Loses(queues.Queue):
    """Loses each item that is not for the process that puts it."""

    def put(self, item):
        pass


class DiesInGet(queues.Queue):
    def get(self):
        raise SystemExit


class Works(queues.Queue):
    pass
