"""put() and get() take twice the time that they take in the standard library."""

import time
from multiprocessing import queues


def slowly(method):
    """The method, and what it has cost once more; not what it has waited for others."""

    def slow(self, *args, **kwargs):
        begun = time.thread_time()
        try:
            return method(self, *args, **kwargs)
        finally:
            spent = time.thread_time() - begun
            end = time.thread_time() + spent
            while time.thread_time() < end:
                pass

    return slow


class Queue(queues.Queue):
    put, get = slowly(queues.Queue.put), slowly(queues.Queue.get)


class JoinableQueue(Queue, queues.JoinableQueue):
    put = slowly(queues.JoinableQueue.put)


class SimpleQueue(queues.SimpleQueue):
    put, get = slowly(queues.SimpleQueue.put), slowly(queues.SimpleQueue.get)
