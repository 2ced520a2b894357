"""A module that takes long to import, in every process that has one of its queues."""

import multiprocessing
import time
from multiprocessing import get_all_start_methods, queues

__all__ = ["get_all_start_methods", "get_context"]

time.sleep(2)


class Queue(queues.Queue):
    pass


class Context:
    def __init__(self, method):
        self._real = multiprocessing.get_context(method)

    def __getattr__(self, name):
        return getattr(self._real, name)

    def Queue(self, maxsize=0):
        return Queue(maxsize, ctx=self._real)


def get_context(method=None):
    return Context(method)
