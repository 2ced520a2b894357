"""`multiprocessing`, but every child takes a while to start, as on a slow and busy machine."""

import multiprocessing
import os
import time
from multiprocessing import get_all_start_methods

__all__ = ["get_all_start_methods", "get_context"]


def _wait():
    time.sleep(float(os.environ["QUEUESPEC_START_TAKES"]))


def _arrive(target):
    _wait()
    return target


class _Late:
    """A target that is late: when a spawned child receives it, or when a forked child calls it."""

    def __init__(self, target):
        self._target = target

    def __reduce__(self):
        return _arrive, (self._target,)

    def __call__(self, *args):
        _wait()
        self._target(*args)


class _Context:
    def __init__(self, context):
        self._context = context

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._context, name)

    def Process(self, target, **kwargs):
        return self._context.Process(target=_Late(target), **kwargs)


def get_context(start_method):
    return _Context(multiprocessing.get_context(start_method))
