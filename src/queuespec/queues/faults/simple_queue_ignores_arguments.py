"""A SimpleQueue takes a capacity and a time-out, and ignores them."""

from multiprocessing import queues

BREAKS = {
    "api.simple-no-timeout": "get(timeout=0.1) should have raised TypeError, but it returned 'x'",
    "ctor.simple-no-args": "should have raised TypeError, but it returned",
}


class SimpleQueue(queues.SimpleQueue):
    def __init__(self, maxsize=0, *, ctx):
        super().__init__(ctx=ctx)

    def get(self, block=True, timeout=None):
        return super().get()
