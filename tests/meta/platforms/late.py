"""`multiprocessing`, but children take a while to start, as on a slow and busy machine: all of them, or one for each
file that the environment names, which it makes."""

import contextlib
import multiprocessing
import os
import time
from multiprocessing import get_all_start_methods

__all__ = ["get_all_start_methods", "get_context"]


def _wait():
    files = os.environ.get("QUEUESPEC_LATE_CHILDREN")
    if files is None or any(_is_new(file) for file in files.split(os.pathsep)):
        time.sleep(float(os.environ["QUEUESPEC_START_TAKES"]))


def _is_new(file):
    with contextlib.suppress(FileExistsError):
        open(file, "x").close()
        return True
    return False


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
