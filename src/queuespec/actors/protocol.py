"""What travels between an actor and its judge.

An actor introduces itself (`introduction`), says that it is `ready` once it holds its objects, and then answers one
`request` at a time: `started`, followed by `returned`, `raised` or `lacks`; or `broken` alone, for a request that it
cannot read. Messages are tuples of plain values:

    introduction   (name, identity)
    request        (number, "module:function", pickled (args, kwargs), keep)
    answer         (number, word), (number, word, value, seconds)

A ``keep`` that is not None names the result in the actor's objects instead of sending it. Objects that an actor holds
cross the channel by that name. Values cross it only if they are made of Python's plain built-in types; anything else
arrives as its type's name and its repr, so that the judge never has to import, or trust, what it judges.
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
"""Classes of the module `queue` that judge and actor know by name."""

KINDS = ("Queue", "JoinableQueue", "SimpleQueue", "Manager.Queue", "Manager.JoinableQueue")
"""The kinds of queue, as the rules name them."""

MARK = "QUEUESPEC_MARK"
"""Environment variable with a text that the names of all semaphores of one judge contain."""

PROGRAM_CONTEXT = "QUEUESPEC_CONTEXT"
"""Environment variable that tells a program of the specification what to judge: a JSON object with ``home`` (the
directory of this module), ``implementation`` and ``start_method``."""

CALLED = "queuespec.actors.actor:called"
"""The function that a request names to call a method: its arguments are the object, the method's name, and those of
the call."""

LEAVE = "queuespec.actors.actor:leave"
"""The function that a request names to end an actor; its argument says how."""

READY, STARTED, RETURNED, RAISED, LACKS, BROKEN = "ready", "started", "returned", "raised", "lacks", "broken"
"""The words of an answer."""

_SIZE = struct.Struct("!I")


# Every spawned child imports this module: the first `typing.NamedTuple` of a process takes longer than all the rest.


class Held(namedtuple("Held", "name")):
    """Stands in a message for the object that the receiving actor holds under this name."""


class Made(namedtuple("Made", "function args kwargs")):
    """Stands in a message for an object that the receiving actor makes by calling ``module:function``."""


PARENT = Held("parent")
"""What the parent actor can do besides calling methods (`queuespec.actors.parent.Parent`)."""

CONTEXT = Held("context")
"""The context of the start method, which the parent actor holds."""

MODULE = Held("module")
"""The module that is judged, which the parent actor holds."""


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


def pickled(message: Any) -> bytes:
    """`message` as bytes that `decoded` reads."""
    body = io.BytesIO()
    _Pickler(body, 4).dump(message)
    return body.getvalue()


def encoded(message: Any) -> bytes:
    """`message` as one frame: its length, then its pickle."""
    body = pickled(message)
    return _SIZE.pack(len(body)) + body


def introduction(name: str, identity: dict[str, Any]) -> bytes:
    """The first frame of an actor: the name it was started under, and `queuespec.actors.actor.identity`."""
    return encoded((name, identity))


def request(number: int, function: str, args: tuple[Any, ...], kwargs: dict[str, Any], keep: str | None) -> bytes:
    """The frame that asks an actor to perform ``module:function``.

    The arguments are pickled on their own: an actor can answer a request whose arguments it cannot read.
    """
    return encoded((number, function, pickled((args, kwargs)), keep))


def ready() -> bytes:
    """The frame of an actor that holds its objects and accepts requests."""
    return encoded((0, READY))


def started(number: int) -> bytes:
    """The frame that announces a call: its function begins now."""
    return encoded((number, STARTED))


def returned(number: int, value: Any, seconds: float) -> bytes:
    """The frame of a call that returned."""
    return encoded((number, RETURNED, value, seconds))


def raised(number: int, error: BaseException, seconds: float) -> bytes:
    """The frame of a call that raised."""
    return encoded((number, RAISED, described(error), seconds))


def lacks(number: int, error: AttributeError, seconds: float) -> bytes:
    """The frame of a method call whose object has no such method: nothing was called."""
    return encoded((number, LACKS, described(error), seconds))


def broken(number: int, error: BaseException) -> bytes:
    """The frame that answers a request that cannot be read."""
    return encoded((number, BROKEN, described(error), 0.0))


class Decoder:
    """Puts messages together from whatever pieces a socket delivers.

    Raises `pickle.UnpicklingError` for bytes that are no message.
    """

    def __init__(self, resolve: Callable[[tuple[Any, ...]], Any]) -> None:
        self._resolve = resolve
        self._data = bytearray()

    def feed(self, data: bytes) -> None:
        """Takes the bytes that have arrived."""
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
