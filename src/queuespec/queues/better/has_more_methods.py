"""The queue has more methods than are documented: put_many(), get_many(), and those of a `with` statement."""

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


class JoinableQueue(Queue, queues.JoinableQueue):
    pass


class SimpleQueue(queues.SimpleQueue):
    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()
