"""Roles for tests of the stage itself."""

import atexit
import os
import threading
from pathlib import Path

from queuespec.actors import actor, protocol


def echo(value):
    return value


def echo_nonsense():
    """Answers a request that was never made, and then waits."""
    (channel,) = actor._channels
    channel.sendall(protocol.encoded((1000, protocol.RETURNED, None, 0.0)))
    channel.recv(1)


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


class NotLoadable:
    """An item that cannot be unpickled."""

    def __reduce__(self):
        return _refuse_to_load, ()


def _refuse_to_load():
    raise AttributeError("no such attribute")
