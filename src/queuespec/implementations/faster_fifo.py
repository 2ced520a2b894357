"""The queue of faster-fifo: a ring in memory that its users share, made with a size in bytes.

put() pickles the item and copies it into the ring before it returns, so there is no buffer and no feeder thread. The
ring has none of Python's semaphores, and therefore no ceiling for `maxsize`. There is one kind of queue, without
task_done() and join(); get_many() and put_many() are its own. Its users are processes of multiprocessing.
"""

import importlib.metadata

import faster_fifo

RING = 10_000_000
"""Size in bytes: users choose one that holds all items that may wait. The library's default is a tenth of it."""


class Adapter:
    name = "faster-fifo"
    version = importlib.metadata.version("faster-fifo")
    lacks = ("buffer", "semaphores")

    def queue(self, kind, owner, maxsize=0):
        return faster_fifo.Queue(RING, maxsize) if maxsize > 0 else faster_fifo.Queue(RING)
