"""The queue has methods beyond the documented ones: get_many(), put_many(), and it can be used in a `with` statement."""

from multiprocessing import queues
from queue import Empty


class Extended:
    def put_many(self, items):
        for item in items:
            self.put(item)

    def get_many(self, at_most):
        found = []
        while len(found) < at_most:
            try:
                found.append(self.get_nowait())
            except Empty:
                break
        return found

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


class Queue(Extended, queues.Queue):
    pass


class JoinableQueue(Extended, queues.JoinableQueue):
    pass


class SimpleQueue(queues.SimpleQueue):
    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()
