"""A SimpleQueue has the calls that do not wait, too."""

from multiprocessing import queues

BREAKS = {"api.simple-surface-only": "should have returned [], but it returned ['put_nowait', 'get_nowait']"}


class SimpleQueue(queues.SimpleQueue):
    def put_nowait(self, item):
        self.put(item)

    def get_nowait(self):
        return self.get()
