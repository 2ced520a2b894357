"""Roles for tests of the stage itself."""

import os
import threading
from contextlib import suppress

with suppress(ImportError):  # there is none on Windows
    from multiprocessing import resource_tracker


def echo(value):
    return value


def thread_count():
    return threading.active_count()


def tracker_runs():
    """Whether this process has started its resource tracker."""
    return resource_tracker._resource_tracker._fd is not None


def leave_a_thread():
    threading.Thread(target=threading.Event().wait, daemon=True).start()


def die_when_told(queue):
    queue.get()
    os._exit(7)


def put_and_wait_for_ever(queue):
    queue.put("die")
    threading.Event().wait()
