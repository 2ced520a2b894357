"""The exceptions of the stage: the failure of a test, and what a call has raised in an actor."""

from __future__ import annotations

import builtins
import queue as thread_queue
from collections.abc import Mapping
from typing import Any

from queuespec.actors.protocol import NOT_LOADED
from queuespec.text import one_line, printable, visible


class Failure(AssertionError):
    """The queue did not do what the rule says; the message is one sentence."""

    verdict = ""

    def __str__(self) -> str:
        return printable(super().__str__())


class Deviates(Failure):
    """A call did something else."""

    verdict = "deviates"


class Hangs(Failure):
    """A call did not end in time."""

    verdict = "hangs"


class Crashes(Failure):
    """A process that holds the queue ended unexpectedly."""

    verdict = "crashes"


class ExitCode(int):
    """How a process ended: its exit code, negative for a signal."""

    process: str
    """The process, in words."""

    @classmethod
    def of(cls, process: str, code: int) -> ExitCode:
        """The exit code of a process."""
        self = cls(code)
        self.process = process
        return self


class NotApplicable(Exception):
    """The rule is about something that this queue does not do; the message is the reason, one sentence."""


class SuiteError(Exception):
    """The specification or the stage is wrong, not the queue."""


class Unusable(SuiteError):
    """A judged process could not load the implementation, or a method of its adapter failed, which is neither the
    queue's fault nor ours; the message is one sentence."""


class NotStarted(SuiteError):
    """A process that the judge needs did not start: the main program of a stage, a child, a manager, a program.

    So nothing is known of the queue.
    """


def unloaded(output: str) -> str:
    """What a judged process printed because it cannot load the implementation: the reason; empty if there is none."""
    _, found, rest = f"\n{output}".partition(f"\n{NOT_LOADED}")
    return found and one_line(rest.partition("\n")[0])


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

    def is_a(self, expected: type[BaseException]) -> bool:
        """Whether it is an instance of `expected`, in its actor."""
        return any(_known_class(name) is expected for name in self.remote_known)

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


def _known_class(name: str) -> type[BaseException] | None:
    module, _, attribute = name.partition(".")
    if name == "queue.ShutDown":
        return ShutDown
    found = getattr(thread_queue if module == "queue" else builtins, attribute, None)
    return found if isinstance(found, type) and issubclass(found, BaseException) else None
