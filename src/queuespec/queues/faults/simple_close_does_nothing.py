"""A closed SimpleQueue goes on answering."""

from multiprocessing import queues

BREAKS = {"simple.close": "empty() should have raised OSError, but it returned True"}


class SimpleQueue(queues.SimpleQueue):
    def close(self):
        pass
