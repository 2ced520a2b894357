"""A queue class whose arguments have other names and another order than those of the standard library."""

import multiprocessing.queues


class RingQueue(multiprocessing.queues.Queue):
    """Stands for a class of yours."""

    def __init__(self, max_bytes, capacity, mp_context):
        super().__init__(capacity, ctx=mp_context)
        self.max_bytes = max_bytes

    def __getstate__(self):
        return self.max_bytes, super().__getstate__()

    def __setstate__(self, state):
        self.max_bytes, rest = state
        super().__setstate__(rest)


class Adapter:
    name = "odd_arguments.RingQueue"
    version = "1.0"

    def queue(self, kind, owner, maxsize=0):
        return RingQueue(1 << 20, capacity=maxsize, mp_context=owner)
