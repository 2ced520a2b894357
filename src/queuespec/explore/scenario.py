"""Scenarios: small programs of several processes, as data."""

from __future__ import annotations

import dataclasses
from typing import Any

PUTS = ("put", "put_nowait")
GETS = ("get", "get_nowait")
LOOKS = ("qsize", "empty", "full")
TASKS = ("task_done", "join")
CLOSES = ("close", "join_thread", "cancel_join_thread")
ENDS = ("return", "raise", "exit", "kill")
"""How a process ends: its main program returns or raises an exception; it calls `os._exit`; it is killed."""

START = "start"
"""The start of the children, where it is an operation of the parent's: what comes before it there has ended by then."""

CALLS = (*PUTS, *GETS, *LOOKS, *TASKS, *CLOSES, *ENDS, START)
"""What an operation can be: the methods of a queue, the ends of its process, and the start of the children."""

NONE = "None"
"""The name of the item that is None."""


@dataclasses.dataclass(frozen=True)
class Operation:
    """A call of an actor, or the end of its process."""

    call: str
    """One of `CALLS`."""
    item: str = ""
    """The name of the item that is put, which no other operation of the scenario puts."""
    timeout: float | None = None
    """The timeout of a put() or get(), in seconds; None if it has none."""
    size: int = 0
    """How many bytes travel with the item besides its name."""
    bad: bool = False
    """Whether pickling the item raises an exception."""

    @property
    def text(self) -> str:
        """As a program has it: ``put("p1-1", timeout=0.05)``."""
        if self.call == START:
            return "start the children"
        item = self.item if self.item == NONE else repr(self.item)
        what = [f"bad({self.item!r})" if self.bad else item] if self.item else []
        more = [f"timeout={self.timeout:g}"] if self.timeout is not None else []
        size = f" and {self.size:,} bytes" if self.size else ""
        return f"{self.call}({', '.join([*what, *more])}){size}".replace("'", '"')


@dataclasses.dataclass(frozen=True)
class Part:
    """What one actor does: a process, or a thread of one."""

    actor: str
    """``parent``, ``child 1``; of a further thread of its process: ``child 1 thread 1``."""
    operations: tuple[Operation, ...]

    @property
    def process(self) -> str:
        """The actor that is the main thread of this one's process."""
        return self.actor.partition(" thread")[0]


@dataclasses.dataclass(frozen=True)
class Scenario:
    """A queue, and what actors do with it at the same time.

    Children are there from the beginning, unless the parent has an operation that starts them.

    Each process ends by itself once its actors have done what they have to, unless an operation ends it before. When
    all children have ended, the parent gets what is left, one item after another: these operations belong to the
    history (see `queuespec.explore.history`), not to the scenario.
    """

    kind: str
    """One of `queuespec.actors.protocol.KINDS`."""
    start_method: str
    parts: tuple[Part, ...]
    maxsize: int = 0
    """The size that the queue is made with; 0 for a queue without a limit."""

    @property
    def starts_late(self) -> bool:
        """Whether the parent has an operation that starts the children."""
        return any(one.call == START for part in self.parts for one in part.operations)

    def as_json(self) -> dict[str, Any]:
        """As plain data, without what is left at its default."""
        parts = [
            {"actor": part.actor, "operations": [_without_defaults(one) for one in part.operations]}
            for part in self.parts
        ]
        return {"kind": self.kind, "start_method": self.start_method, "maxsize": self.maxsize, "parts": parts}

    @classmethod
    def of_json(cls, data: dict[str, Any]) -> Scenario:
        """The scenario of what `as_json` returned."""
        parts = tuple(
            Part(one["actor"], tuple(Operation(**operation) for operation in one["operations"]))
            for one in data["parts"]
        )
        return cls(data["kind"], data["start_method"], parts, data["maxsize"])


def _without_defaults(operation: Operation) -> dict[str, Any]:
    fields = dataclasses.fields(operation)
    return {
        field.name: getattr(operation, field.name)
        for field in fields
        if getattr(operation, field.name) != field.default
    }
