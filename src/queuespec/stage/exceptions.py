"""Exceptions that calls raise in an actor, and the ones that the judge raises in their place."""

from __future__ import annotations

import builtins
import queue as thread_queue
from typing import TYPE_CHECKING, Any

from queuespec.actors.protocol import short_repr
from queuespec.text import one_line, printable, visible

if TYPE_CHECKING:
    from collections.abc import Mapping


class Raised(Exception):
    """An exception that a call raised in an actor, raised again here.

    It is an instance of the same exception class if the judge and the actor both have it: builtin exceptions,
    `queue.Full`, `queue.Empty`, `queue.ShutDown`. Others, and those not derived from `Exception`, are known only by
    name.
    """

    remote_call: str = ""
    """The call that raised it, in words."""
    remote_known: tuple[str, ...] = ()
    """The classes of it that both the judge and the actor have: ``queue.Full``, ``builtins.OSError``."""
    remote_repr: str = ""
    remote_traceback: str = ""

    def __str__(self) -> str:
        return one_line(str(self.args[0])) if self.args else ""


class RemoteTraceback(Exception):
    """The traceback from an actor, as text: the cause of the exception that is raised again here."""

    def __str__(self) -> str:
        return "\n" + printable(str(self.args[0]))


ShutDown: type[Exception] = getattr(thread_queue, "ShutDown", None) or type("ShutDown", (Exception,), {})
"""`queue.ShutDown`, or a stand-in for it if the judge's Python is older than the judged one."""


def raised_by(call: str, description: Mapping[str, Any]) -> Raised:
    """The exception that a call raised, from `queuespec.actors.protocol.described`; `call` is the call in words."""
    bases: tuple[type, ...] = (Raised,)
    known = _known_class(description["known"][0]) if description["known"] else None
    if known is not None and issubclass(known, Exception) and known is not Exception:
        bases = (Raised, known)
    name = visible(description["name"][:200])
    error: Raised
    try:
        error = type(name, bases, {"__module__": "judged"})(description["message"])
    except TypeError:  # the class allows no other bases, or takes other arguments: MemoryError, UnicodeError
        error = type(name, (Raised,), {"__module__": "judged"})(description["message"])
    error.remote_call = call
    error.remote_known = tuple(description["known"])
    error.remote_repr = description["repr"]
    error.remote_traceback = description["traceback"]
    return error


def is_a(error: BaseException, expected: type[BaseException]) -> bool:
    """Whether an exception, from an actor or from here, is an instance of `expected`."""
    if not isinstance(error, Raised):
        return isinstance(error, expected)
    return any(_known_class(name) is expected for name in error.remote_known)


def error_in_words(error: BaseException) -> str:
    """``Full()``: the repr of an exception, here or in its actor."""
    return error.remote_repr if isinstance(error, Raised) else short_repr(error)


def _known_class(name: str) -> type[BaseException] | None:
    module, _, attribute = name.partition(".")
    if name == "queue.ShutDown":
        return ShutDown
    found = getattr(thread_queue if module == "queue" else builtins, attribute, None)
    return found if isinstance(found, type) and issubclass(found, BaseException) else None
