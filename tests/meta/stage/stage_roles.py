"""Roles for tests of the stage itself."""

import atexit
import os
import signal
import socket
import struct
import threading
from pathlib import Path

from queuespec.actors import actor


def echo(value):
    return value


def send(data):
    """Writes into the channel to the judge, and then waits for its end."""
    (channel,) = actor._channels
    channel.sendall(data)
    channel.recv(1)


def reset_the_channel():
    """Ends the channel to the judge as a crash of the system would."""
    (channel,) = actor._channels
    channel.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    channel.close()


def long_text(length):
    return "x" * length


def ignore_interrupts_and_wait_for_ever():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Event().wait()


def have_children_die_at_birth():
    os.register_at_fork(after_in_child=lambda: os._exit(5))


def thread_count():
    return threading.active_count()


def leave_a_thread():
    threading.Thread(target=threading.Event().wait, daemon=True).start()


def leave_a_thread_that_keeps_the_process():
    threading.Thread(target=threading.Event().wait).start()


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


class Deadly:
    """An object that ends the process which receives it."""

    def __reduce__(self):
        return _die, ()


def _die():
    os._exit(7)


def _refuse_to_load():
    raise AttributeError("no such attribute")
