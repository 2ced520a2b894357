"""A SimpleQueue can be pickled at any time, and is another queue for whoever unpickles it."""

from multiprocessing import queues

BREAKS = {"simple.inheritance-only": "should have raised RuntimeError, but it returned"}


class SimpleQueue(queues.SimpleQueue):
    def __reduce__(self):
        return list, ()
