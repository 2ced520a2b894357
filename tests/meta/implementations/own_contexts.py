"""Queues of contexts that have names of their own."""

import multiprocessing


class Adapter:
    name = "own_contexts"
    start_methods = ("own spawn",)

    def context(self, start_method):
        return multiprocessing.get_context(start_method.rpartition(" ")[2])

    def queue(self, kind, owner, maxsize=0):
        return owner.Queue(maxsize)
