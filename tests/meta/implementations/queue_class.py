"""A module that has a queue class and nothing else: the standard library's queue under a name of its own."""

import multiprocessing


def Queue(maxsize=0):
    return multiprocessing.Queue(maxsize)
