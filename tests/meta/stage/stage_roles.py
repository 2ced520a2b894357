"""Roles for tests of the stage itself."""

import atexit
import collections
import datetime
import decimal
import enum
import fractions
import os
import pathlib
import signal
import socket
import struct
import threading
import uuid
from multiprocessing import managers
from pathlib import Path

from queuespec.actors import actor, protocol


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


def limit_messages(size):
    protocol.LARGEST_MESSAGE = size


def long_text(length):
    return "x" * length


def ignore_interrupts_and_wait_for_ever():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Event().wait()


def have_children_die_at_birth():
    os.register_at_fork(after_in_child=lambda: os._exit(5))


def have_managers_that_do_not_start():
    managers.BaseManager.start = lambda self, *args: threading.Event().wait()


def stretch():
    return os.environ[protocol.STRETCH]


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


class Odd:
    """A value with an odd way of everything that the channel might ask it for."""

    class _Type(type):
        __hash__ = None

        def __eq__(cls, other):
            raise KeyError("types of this one cannot be compared")

        @property
        def __module__(cls):
            raise KeyError("nor located")

    class Unequal(metaclass=_Type):
        def __repr__(self):
            raise SystemExit

    class Text(str):
        def __len__(self):
            raise KeyError

        __getitem__ = isprintable = replace = __len__

    class Error(Exception):
        def __str__(self):
            return Odd.Text("told oddly")

        __repr__ = __str__

        @property
        def __cause__(self):
            raise KeyError


class Color(enum.Enum):
    RED = 1


class Number(enum.IntEnum):
    ONE = 1


Point = collections.namedtuple("Point", "x y")


def nested(depth):
    """Lists in lists."""
    value = []
    for _ in range(depth):
        value = [value]
    return value


ODD = {
    "Ellipsis": lambda: ...,
    "NotImplemented": lambda: NotImplemented,
    "range": lambda: range(3),
    "memoryview": lambda: memoryview(b"ab"),
    "datetime": lambda: datetime.datetime(2026, 1, 2),
    "Decimal": lambda: decimal.Decimal("1.50"),
    "Fraction": lambda: fractions.Fraction(1, 3),
    "UUID": lambda: uuid.UUID(int=7),
    "Path": lambda: pathlib.PurePosixPath("a/b"),
    "Enum": lambda: Color.RED,
    "IntEnum": lambda: Number.ONE,
    "namedtuple": lambda: Point(1, 2),
    "str subclass": lambda: Odd.Text("text"),
    "dict subclass": lambda: collections.defaultdict(list, a=[1]),
    "type": lambda: bytearray,
    "complex": lambda: complex,
    "lambda": lambda: lambda: 0,
    "lock": threading.Lock,
    "generator": lambda: (number for number in range(3)),
    "exception": lambda: KeyError("a"),
    "odd exception": Odd.Error,
    "incomparable": Odd.Unequal,
}
"""What makes values that are not plain, by name."""

made_before = {}
"""The values that `make_odd` has made, by name."""


def make_odd(name):
    """A value that is not plain."""
    made_before[name] = ODD[name]()
    return made_before[name]


def is_the_same(value, name):
    """Whether this is the very value that `make_odd` has made."""
    return value is made_before[name]


def nest(value, name):
    """The value made by `make_odd`, within plain values."""
    return [{"key": (made_before[name], value)}]


def raise_odd():
    """Raises an exception that cannot be shown."""
    raise Odd.Error


def grow(data, count):
    """A cyclic list and a dictionary in it that know each other."""
    cyclic = [data] * count
    cyclic.append({"cyclic": cyclic})
    return cyclic


def kill_the_parent():
    """Kills the process that has started this one, and waits to be missed."""
    os.kill(os.getppid(), signal.SIGKILL)
    threading.Event().wait()
