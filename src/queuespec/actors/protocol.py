"""What travels between an actor and its judge.

An actor introduces itself, says that it is `READY` once it holds its objects, and then answers one request at a time:
`STARTED`, followed by `RETURNED`, `RAISED` or `LACKS` (there is no such method, so nothing was called); or `BROKEN`
alone, for a request that it cannot read. Messages are tuples of plain values:

    introduction   (name, *queuespec.actors.actor.identity())
    request        (number, "module:function", pickled (args, kwargs), keep)
    answer         (number, word), (number, word, value, seconds); the value of an exception is `described`

The arguments are pickled on their own: an actor can answer a request whose arguments it cannot read. A ``keep`` that is
not None names the result in the actor's objects instead of sending it. Objects that an actor holds cross the channel by
that name. Values cross it only if they are made of Python's plain built-in types; anything else arrives as its type's
name and its repr, so that the judge never has to import, or trust, what it judges.
"""

from __future__ import annotations

import builtins
import io
import pickle
import queue as thread_queue
import socket
import struct
from collections import namedtuple
from typing import Any, Callable

LARGEST_MESSAGE = 1 << 28
"""Bytes. A longer message is not ours: something else wrote into the channel."""

PLAIN = frozenset({type(None), bool, int, float, complex, str, bytes, bytearray, tuple, list, dict, set, frozenset})

KINDS = ("Queue", "JoinableQueue", "SimpleQueue", "Manager.Queue", "Manager.JoinableQueue")
"""The kinds of queue, as the rules name them."""

MARK = "QUEUESPEC_MARK"
"""Environment variable with a text that the names of all semaphores of one judge contain."""

PROGRAM_CONTEXT = "QUEUESPEC_CONTEXT"
"""Environment variable that tells a program of the specification what to judge: a JSON object with ``home`` (the
directory of this module), ``implementation`` and ``start_method``."""

NOT_APPLICABLE, NOT_APPLICABLE_CODE = "not applicable: ", 77
"""What the last line of a program begins with, and its exit code, if it found its rule not applicable where it runs."""

CALLED = "queuespec.actors.actor:called"
"""The function that a request names to call a method: its arguments are the object, the method's name, and those of
the call."""

LEAVE = "leave"
"""What a request names, in place of a function, to end an actor. The argument says how: "return", "raise", "exit N" or,
after the test, "tidy"."""

READY, STARTED, RETURNED, RAISED, LACKS, BROKEN = "ready", "started", "returned", "raised", "lacks", "broken"
"""The words of an answer."""

SIZE = struct.Struct("!I")
"""What precedes each message: its length."""

PIECE = 1 << 16
"""Maximum number of bytes to read from a socket at a time."""


# Every spawned child imports this module: the first `typing.NamedTuple` of a process takes longer than all the rest.


class Held(namedtuple("Held", "name")):
    """Stands in a message for the object that the receiving actor holds under this name."""


class Made(namedtuple("Made", "function args kwargs")):
    """Stands in a message for an object that the receiving actor makes by calling ``module:function``."""


PARENT, CONTEXT, MODULE = LASTING = Held("parent"), Held("context"), Held("module")
"""What the parent actor always holds: its `queuespec.actors.parent.Parent`, the context of the start method, and the
module that is judged."""


class Opaque(namedtuple("Opaque", "type repr")):
    """Stands in a message for a value that is not made of plain built-in types: the names of its type and its repr."""


class Address(namedtuple("Address", "port actor_secret judge_secret patience")):
    """Where an actor finds its judge, what the two ends prove to know (hexadecimal text), and patience (seconds)."""


class _Pickler(pickle.Pickler):
    def persistent_id(self, value: Any) -> tuple[Any, ...] | None:
        kind = type(value)
        if kind in PLAIN or value is complex or value is bytearray:  # their instances are pickled as calls of them
            return None
        if kind in (Held, Made, Opaque):
            return (kind.__name__, *value)
        return ("Opaque", f"{kind.__module__}.{kind.__qualname__}", short_repr(value))


class _Unpickler(pickle.Unpickler):
    resolve: Callable[[tuple[Any, ...]], Any]

    def persistent_load(self, reference: tuple[Any, ...]) -> Any:
        return self.resolve(reference)

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in (("builtins", "complex"), ("builtins", "bytearray")):
            return getattr(builtins, name)
        raise pickle.UnpicklingError(f"the channel carries plain values only, not {module}.{name}")


def decoded(data: bytes, resolve: Callable[[tuple[Any, ...]], Any]) -> Any:
    """The message of this pickle; `resolve` has what stands for the values that are no plain ones."""
    unpickler = _Unpickler(io.BytesIO(data))  # PyPy's takes the file and nothing else, whatever `__init__` takes
    unpickler.resolve = resolve
    return unpickler.load()


def short_repr(value: Any, limit: int = 120) -> str:
    """The repr of `value`, at most about `limit` characters, all of them visible, fit for a log; never raises."""
    try:
        text = repr(value) if not isinstance(value, (str, bytes)) else repr(value[:limit])
    except BaseException as error:
        text = f"<{type(value).__name__} whose repr raised {type(error).__name__}>"
    text = (text if len(text) <= limit else text[: limit - 3] + "...").replace("##[", "#\\x23[")
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)


def pickled(message: Any) -> bytes:
    """`message` as bytes that `decoded` reads."""
    body = io.BytesIO()
    _Pickler(body, 4).dump(message)
    return body.getvalue()


def encoded(message: Any) -> bytes:
    """`message` as one frame: its length, then its pickle."""
    body = pickled(message)
    return SIZE.pack(len(body)) + body


def body_size(head: bytes | bytearray) -> int:
    """The length of the message that follows this `SIZE`. Raises `pickle.UnpicklingError` if it is too long."""
    (size,) = SIZE.unpack_from(head)
    if size > LARGEST_MESSAGE:
        raise pickle.UnpicklingError("this is not the beginning of a message")
    return int(size)


def exactly(size: int, connection: socket.socket) -> bytes:
    """The next `size` bytes of a connection. Raises `EOFError` if it ends before."""
    data = bytearray()
    while len(data) < size:
        piece = connection.recv(min(size - len(data), PIECE))
        if not piece:
            raise EOFError("the other end has closed the connection")
        data += piece
    return bytes(data)


def next_message(connection: socket.socket, resolve: Callable[[tuple[Any, ...]], Any]) -> Any:
    """Waits for the next message of a connection. Raises `EOFError` at its end; see also `body_size` and `decoded`."""
    return decoded(exactly(body_size(exactly(SIZE.size, connection)), connection), resolve)


def _known_name(cls: type) -> str | None:
    """The name by which judge and actor both know this exception class; by identity, so a look-alike has none."""
    if any(getattr(thread_queue, name, None) is cls for name in ("Empty", "Full", "ShutDown")):
        return f"queue.{cls.__name__}"
    return f"builtins.{cls.__name__}" if getattr(builtins, cls.__name__, None) is cls else None


def described(error: BaseException) -> dict[str, Any]:
    """An exception as plain data: its name, the known classes it is an instance of, its text and traceback."""
    import traceback

    try:
        message = str(error)[:10_000]
    except BaseException as problem:
        message = f"(its text could not be had: {type(problem).__name__})"
    return {
        "name": type(error).__name__,
        "known": [name for name in map(_known_name, type(error).__mro__) if name is not None],
        "message": message,
        "repr": short_repr(error),
        "traceback": "".join(traceback.format_exception(type(error), error, error.__traceback__))[-20_000:],
    }
