"""A SimpleQueue has no close()."""

from multiprocessing import queues

BREAKS = {"api.simple-surface": "should have returned [], but it returned ['close']"}


class SimpleQueue(queues.SimpleQueue):
    @property
    def close(self):
        raise AttributeError("close")
