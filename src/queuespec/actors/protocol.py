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
name, its repr and a key, so that the judge never has to import, or trust, what it judges. The process that sent the key
keeps the object, and has it again for the key.
"""

from __future__ import annotations

import builtins
import io
import pickle
import queue as thread_queue
import struct
from collections import namedtuple
from collections.abc import Callable

TYPE_CHECKING = False  # as type checkers know it; `typing` would take most of the time of importing this module
if TYPE_CHECKING:
    from typing import Any, Union

LARGEST_MESSAGE = 1 << 28
"""Bytes. A longer message is not ours: something else wrote into the channel."""

PLAIN = (type(None), bool, int, float, complex, str, bytes, bytearray, tuple, list, dict, set, frozenset)
"""Types, not their subclasses, whose values cross the channel as they are."""

_PICKLED = {id(kind) for kind in PLAIN if kind not in (complex, bytearray)}
"""The plain types that have an opcode of their own; other types can have any idea of being equal to them."""

KINDS = ("Queue", "JoinableQueue", "SimpleQueue", "Manager.Queue", "Manager.JoinableQueue")
"""The kinds of queue, as the rules name them."""

MARK = "QUEUESPEC_MARK"
"""Environment variable with a text that the names of all semaphores of one judge contain. Its name is public: adapters
name after it what they make on a server."""

STRETCH = "QUEUESPEC_STRETCH"
"""Environment variable that says how many times as long as on a fast machine judged processes wait on their own."""

PROGRAM_CONTEXT = "QUEUESPEC_CONTEXT"
"""Environment variable that tells a program of the specification what to judge: a JSON object with ``home`` (the
directory of this module), ``implementation``, ``start_method``, ``directory`` (the judge's current directory) and,
until the program has printed it, ``announcement`` (a text)."""

LOADING, LOADED = "loading", "loaded"
"""What a program prints after its announcement, on lines of their own, before and after it loads the implementation."""

NOT_LOADED, NOT_LOADED_CODE = "not loaded: ", 78
"""What the line begins with in which a judged process says why it cannot load the implementation, and its exit code."""

SPEECHLESS_CODE = 76
"""The exit code of an actor that cannot report what happened."""

NOT_APPLICABLE, NOT_APPLICABLE_CODE = "not applicable: ", 77
"""What the last line of a program begins with, and its exit code, if it found its rule not applicable where it runs."""

CALLED = "queuespec.actors.actor:called"
"""The function that a request names to call a method: its arguments are the object, the method's name, and those of
the call."""

START_THREAD = "queuespec.actors.actor:start_thread"
"""The function that starts another actor in a thread: its arguments are the address, the names, and the objects."""

LEAVE = "leave"
"""What a request names, in place of a function, to end an actor. The argument says how: "return", "raise", "exit N" or,
after the test, "tidy"."""

READY, STARTED, RETURNED, RAISED, LACKS, BROKEN = "ready", "started", "returned", "raised", "lacks", "broken"
"""The words of an answer."""

SIZE = struct.Struct("!I")
"""What precedes each message: its length."""

LONGEST_TEXT = 10_000
"""Maximum number of characters of an exception's text that cross the channel."""

PIECE = 1 << 16
"""Maximum number of bytes to read from a socket at a time."""


class Held(namedtuple("Held", "name")):
    """Stands in a message for the object that the receiving actor holds under this name."""


class Made(namedtuple("Made", "function args kwargs")):
    """Stands in a message for an object that the receiving actor makes by calling ``module:function``."""


PARENT, CONTEXT, MODULE = LASTING = Held("parent"), Held("context"), Held("module")
"""What the parent actor always holds: its `queuespec.actors.parent.Parent`, the context of the start method, and the
module that is judged."""

KEEPER = Held("keeper")
"""What children always hold: their `queuespec.actors.actor.Keeper`."""


class Opaque(namedtuple("Opaque", "type repr key")):
    """Stands in a message for a value that is not made of plain built-in types: the names of its type, its repr, and
    the key for which the process that sent it has the value; empty if it does not keep it."""


class Address(namedtuple("Address", "port actor_secret judge_secret patience stretch")):
    """Where an actor finds its judge, what the two ends prove to know (hexadecimal text), patience (seconds), and how
    slow the machine is (see `STRETCH`)."""


if TYPE_CHECKING:
    StandIn = Union[Held, Made, Opaque]


def opaque(value: Any, key: str = "") -> Opaque:
    """What stands for a value that does not cross the channel as it is."""
    kind = type(value)
    try:
        name = f"{kind.__module__}.{kind.__qualname__}"
    except Exception:
        name = "a type without a name"
    return Opaque(name, short_repr(value), key)


class _Pickler(pickle.Pickler):
    stand_in: Callable[[Any], StandIn]

    def persistent_id(self, value: Any) -> tuple[Any, ...] | None:
        kind = type(value)
        if id(kind) in _PICKLED:
            return None
        if kind is complex:
            return ("complex", value.real, value.imag)
        if kind is bytearray:
            return ("bytearray", bytes(value))
        if kind is not Held and kind is not Made and kind is not Opaque:
            value = self.stand_in(value)
        return (type(value).__name__, *value)


class _Unpickler(pickle.Unpickler):
    resolve: Callable[[tuple[Any, ...]], Any]

    def persistent_load(self, reference: tuple[Any, ...]) -> Any:
        kind, *details = reference
        if kind in ("complex", "bytearray"):
            return getattr(builtins, kind)(*details)
        return self.resolve(reference)

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"the channel carries plain values only, not {module}.{name}")


def decoded(data: bytes, resolve: Callable[[tuple[Any, ...]], Any]) -> Any:
    """The message of this pickle; `resolve` has what stands for the values that are no plain ones."""
    unpickler = _Unpickler(io.BytesIO(data))  # PyPy's takes the file and nothing else, whatever `__init__` takes
    unpickler.resolve = resolve
    return unpickler.load()


def short_repr(value: Any, limit: int = 120) -> str:
    """The repr of `value`, at most about `limit` characters, all of them visible, fit for a log; never raises."""
    try:
        plain = type(value) is str or type(value) is bytes or type(value) is bytearray
        text = str.__str__(repr(value[:limit]) if plain else repr(value))
    except BaseException as error:
        text = f"<{name_of(type(value))} whose repr raised {name_of(type(error))}>"
    text = (text if len(text) <= limit else text[: limit - 3] + "...").replace("##[", "#\\x23[")
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)


def pickled(message: Any, stand_in: Callable[[Any], StandIn] = opaque) -> bytes:
    """`message` as bytes that `decoded` reads; `stand_in` has what crosses in place of a value that is not plain."""
    body = io.BytesIO()
    pickler = _Pickler(body, 4)
    pickler.stand_in = stand_in
    pickler.dump(message)
    return body.getvalue()


def encoded(message: Any, stand_in: Callable[[Any], StandIn] = opaque) -> bytes:
    """`message` as one frame: its length, then its pickle. Raises `ValueError` if it is too long."""
    body = pickled(message, stand_in)
    if len(body) > LARGEST_MESSAGE:
        raise ValueError("the message is too long for the channel")
    return SIZE.pack(len(body)) + body


def body_size(head: bytes | bytearray) -> int:
    """The length of the message that follows this `SIZE`. Raises `pickle.UnpicklingError` if it is too long."""
    (size,) = SIZE.unpack_from(head)
    if size > LARGEST_MESSAGE:
        raise pickle.UnpicklingError("this is not the beginning of a message")
    return int(size)


def exactly(size: int, receive: Callable[[int], bytes]) -> bytes:
    """The next `size` bytes of a connection. Raises `EOFError` if it ends before."""
    data = bytearray()
    while len(data) < size:
        piece = receive(min(size - len(data), PIECE))
        if not piece:
            raise EOFError("the other end has closed the connection")
        data += piece
    return bytes(data)


def next_message(receive: Callable[[int], bytes], resolve: Callable[[tuple[Any, ...]], Any]) -> Any:
    """Waits for the next message of a connection. Raises `EOFError` at its end; see also `body_size` and `decoded`."""
    return decoded(exactly(body_size(exactly(SIZE.size, receive)), receive), resolve)


def name_of(cls: type) -> str:
    """The name of a class, whatever its metaclass says."""
    return str(type.__dict__["__name__"].__get__(cls))


def _known_name(cls: type) -> str | None:
    """The name by which judge and actor both know this exception class; by identity, so a look-alike has none."""
    if any(getattr(thread_queue, name, None) is cls for name in ("Empty", "Full", "ShutDown")):
        return f"queue.{name_of(cls)}"
    return f"builtins.{name_of(cls)}" if getattr(builtins, name_of(cls), None) is cls else None


def _short_repr_of(error: BaseException, message: str) -> str:
    """Its repr; but if it reports the traceback of another exception, its name and the line that names the other."""
    if "Traceback (most recent call last)" not in message:
        return short_repr(error)
    named = [line for line in message.splitlines() if line.strip("- \"'") and not line.startswith(" ")]
    return f"{name_of(type(error))}({short_repr(named[-1])})"


def described(error: BaseException) -> dict[str, Any]:
    """An exception as plain data: its name, the known classes it is an instance of, its text and traceback."""
    try:
        text = str.__str__(str(error))
    except BaseException as problem:
        text = f"(its text could not be had: {name_of(type(problem))})"
    message = text[:LONGEST_TEXT]
    try:
        import traceback

        try:
            if len(text) > len(message):
                raise ValueError("the text is too long")
            lines = traceback.format_exception(type(error), error, error.__traceback__)
        except BaseException as problem:
            lines = traceback.format_tb(error.__traceback__)
            lines.append(f"(the rest could not be had: {name_of(type(problem))})\n")
    except BaseException as problem:
        lines = [f"(the traceback could not be had: {name_of(type(problem))})\n"]
    return {
        "name": name_of(type(error)),
        "known": [name for name in map(_known_name, type.__dict__["__mro__"].__get__(type(error))) if name is not None],
        "message": message,
        "repr": _short_repr_of(error, message),
        "traceback": "".join(lines)[-20_000:],
    }
