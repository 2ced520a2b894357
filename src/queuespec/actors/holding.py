"""Holds a thread at a line of the implementation's Python code until the judge lets it go on.

The lines are those of the modules that define the class of the queue and its bases, and of the modules beside them that
these use. They are traced by `sys.settrace` in the thread that performs an operation, and in the threads that the queue
starts. A held thread connects to the judge as an actor of its own, and serves it: told to leave, it goes on; it can
also end its process there, or raise an exception.
"""

from __future__ import annotations

import contextlib
import linecache
import sys
import threading
from collections.abc import Iterator

from queuespec.actors.actor import Actor
from queuespec.actors.protocol import Address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CALLER = "caller"
"""The thread that performs the operation."""

BESIDE = ("connection", "managers", "synchronize")
"""The modules of an implementation's package that queues use."""


class Tracer:
    """Knows the lines that the threads of this process visit, and holds a thread where it should be held."""

    def __init__(self, queue: Any, address: Address, holds: list[tuple[Any, ...]], keeps: bool) -> None:
        self._address = address
        self._files = files_of(queue)
        self._known: dict[str, str | None] = {}
        self._holds = {tuple(where): name for *where, name in holds}
        self._visits: dict[tuple[Any, ...], int] = {}
        self._performing: dict[int, tuple[str, int]] = {}
        self._latest: tuple[str, int] = ("", 0)
        self._keeps = keeps
        self.visited: list[tuple[Any, ...]] = []
        """The lines that have been visited, in this order: actor, operation, file, function, line, visit, thread, and
        the text of the line."""

    @contextlib.contextmanager
    def tracing(self, actor: str, number: int) -> Iterator[None]:
        """Traces what this thread does meanwhile, as an operation of an actor."""
        self._latest = self._performing[threading.get_ident()] = actor, number
        sys.settrace(self.trace)
        try:
            yield
        finally:
            sys.settrace(None)
            del self._performing[threading.get_ident()]

    def trace(self, frame: Any, event: str, argument: object) -> Any:
        """What `sys.settrace` and `threading.settrace` take."""
        path = frame.f_code.co_filename
        if path not in self._known:
            shown = path.replace("\\", "/")
            self._known[path] = "/".join(shown.split("/")[-2:]) if path in self._files else None
        return None if self._known[path] is None else self._trace_lines

    def _trace_lines(self, frame: Any, event: str, argument: object) -> Any:
        if event == "line":
            code, identity = frame.f_code, threading.get_ident()
            performing = self._performing.get(identity)
            thread = CALLER if performing else _name(threading.current_thread())
            where = (*(performing or self._latest), self._known[code.co_filename], code.co_name, frame.f_lineno, thread)
            visit = self._visits[where] = self._visits.get(where, 0) + 1
            place = (*where[:-1], visit, thread)
            if self._keeps:
                self.visited.append((*place, linecache.getline(code.co_filename, frame.f_lineno).strip()))
            name = self._holds.pop(place, None)
            if name is not None:
                self._hold(name, thread)
        return self._trace_lines

    def _hold(self, name: str, thread: str) -> None:
        try:
            Actor(self._address, name).serve({})
        except RuntimeError:
            if thread == CALLER:
                raise KeyboardInterrupt("while held") from None
            raise MemoryError("while held") from None


def files_of(queue: Any) -> set[str]:
    """The files of the modules that define the queue's class and its bases, and of those beside them."""
    queue = getattr(queue, "_queue", queue)
    modules = {one.__module__ for one in type(queue).__mro__ if one is not object}
    for module in [*modules]:
        package = module.rpartition(".")[0]
        if not package.startswith("queuespec"):
            modules.update(f"{package}.{name}" for name in BESIDE)
    files = {getattr(sys.modules.get(module), "__file__", None) for module in modules}
    return {file for file in files if file is not None}


def _name(thread: threading.Thread) -> str:
    """The name of a thread, without the number that Python may have given it."""
    return "".join(one for one in thread.name if not one.isdigit()).strip("- ")


_tracer: Tracer | None = None


def prepare(queue: Any, address: tuple[Any, ...], holds: list[tuple[Any, ...]], keeps: bool) -> None:
    """Traces the operations of this process from here on.

    Each hold is (actor, operation, file, function, line, visit, thread, name of the held actor). With `keeps`, the
    lines that are visited are on record.
    """
    global _tracer
    _tracer = Tracer(queue, Address(*address), holds, keeps)
    threading.settrace(_tracer.trace)


def forget() -> None:
    """Traces nothing from here on."""
    global _tracer
    _tracer = None
    threading.settrace(None)


def visited() -> list[tuple[Any, ...]]:
    """The lines that the operations of this process have visited (see `Tracer.visited`)."""
    return [*_tracer.visited] if _tracer is not None else []


def tracing(actor: str, number: int) -> Any:
    """A context that traces an operation of this thread, if this process traces anything."""
    return contextlib.nullcontext() if _tracer is None else _tracer.tracing(actor, number)
