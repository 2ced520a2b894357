"""Roles for tests of the stage itself."""

import atexit
import os
import threading
from pathlib import Path


def echo(value):
    return value


def thread_count():
    return threading.active_count()


def leave_a_thread():
    threading.Thread(target=threading.Event().wait, daemon=True).start()


def die_when_told(queue):
    queue.get()
    os._exit(7)


def put_and_wait_for_ever(queue):
    queue.put("die")
    threading.Event().wait()


def write_at_exit(path):
    atexit.register(Path(path).write_text, "done")
