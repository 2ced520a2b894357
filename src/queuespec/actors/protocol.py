"""What travels between an actor and its judge.

    request   (number, "module:function", encoded (args, kwargs), keep)
    answers   (number, "started"), then (number, "returned", value, seconds)
              or (number, "raised", description, seconds);
              (number, "broken", description, 0.0) for a request that could not be read: the specification's failure

An actor says who it is, then (0, "ready") once it holds its objects. A ``keep`` that is not None names the result in
the actor's objects instead of sending it. Objects that an actor holds cross the channel by that name. Values cross it
only if they are made of Python's plain built-in types; anything else arrives as its type's name and its repr, so that
the judge never has to import, or trust, what it judges.
"""

from __future__ import annotations

import builtins
import io
import pickle
import queue as thread_queue
import struct
from collections import namedtuple
from typing import Any, Callable

LARGEST_MESSAGE = 1 << 28
"""Bytes. A longer message is not ours: something else wrote into the channel."""

PLAIN = frozenset({type(None), bool, int, float, complex, str, bytes, bytearray, tuple, list, dict, set, frozenset})

QUEUE_EXCEPTIONS = ("Empty", "Full", "ShutDown")

_SIZE = struct.Struct("!I")


# Every spawned child imports this module: the first `typing.NamedTuple` of a process takes longer than all the rest.


class Held(namedtuple("Held", "name")):
    """Stands in a message for the object that the receiving actor holds under this name."""


class Made(namedtuple("Made", "function args kwargs")):
    """Stands in a message for an object that the receiving actor makes by calling ``module:function``."""


class Opaque(namedtuple("Opaque", "type repr")):
    """Stands in a message for a value that is not made of plain built-in types: the names of its type and its repr."""


class Address(namedtuple("Address", "port actor_secret judge_secret patience")):
    """Where an actor finds its judge, what the two ends prove to know (hexadecimal text), and patience (seconds)."""


class _Pickler(pickle.Pickler):
    def persistent_id(self, value: Any) -> tuple[Any, ...] | None:
        kind = type(value)
        if kind in PLAIN:
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


def encoded(message: Any) -> bytes:
    """`message` as one frame: its length, then its pickle."""
    body = io.BytesIO()
    _Pickler(body, 4).dump(message)
    return _SIZE.pack(body.tell()) + body.getvalue()


class Decoder:
    """Puts messages together from whatever pieces a socket delivers.

    Raises `pickle.UnpicklingError` for bytes that are no message.
    """

    def __init__(self, resolve: Callable[[tuple[Any, ...]], Any]) -> None:
        self._resolve = resolve
        self._data = bytearray()

    def feed(self, data: bytes) -> None:
        self._data += data

    def next(self) -> Any:
        """The next whole message; raises `BlockingIOError` while there is none."""
        if len(self._data) < _SIZE.size:
            raise BlockingIOError
        (size,) = _SIZE.unpack_from(self._data)
        if size > LARGEST_MESSAGE:
            raise pickle.UnpicklingError("this is not the beginning of a message")
        end = _SIZE.size + size
        if len(self._data) < end:
            raise BlockingIOError
        body = bytes(self._data[_SIZE.size : end])
        del self._data[:end]
        return decoded(body, self._resolve)


def _known_name(cls: type) -> str | None:
    """The name by which judge and actor both know this exception class; by identity, so a look-alike has none."""
    if any(getattr(thread_queue, name, None) is cls for name in QUEUE_EXCEPTIONS):
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
        "exact": _known_name(type(error)) is not None,
        "known": [name for name in map(_known_name, type(error).__mro__) if name is not None],
        "message": message,
        "repr": short_repr(error),
        "traceback": "".join(traceback.format_exception(type(error), error, error.__traceback__))[-20_000:],
    }
