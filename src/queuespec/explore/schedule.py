"""Schedules: what makes a run of a scenario repeat, as data."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

CALLER = "caller"
"""The thread that performs the operation; another one is named as the implementation names it."""

GOES_ON = "goes on"
THEN = (GOES_ON, "raise", "exit", "kill")
"""What a thread does once it is no longer held: it goes on, raises an exception there, or ends its process there."""


@dataclasses.dataclass(frozen=True)
class Hold:
    """A line of the implementation at which a thread is held until all other actors have ended, are held, or block."""

    actor: str
    operation: int
    """Which of the actor's operations, from 0."""
    file: str
    """The end of the path of its module, with ``/`` between its parts: ``multiprocessing/queues.py``."""
    function: str
    line: int
    visit: int = 1
    """At which of the thread's visits to the line during this operation, from 1."""
    thread: str = CALLER
    then: str = GOES_ON
    """One of `THEN`."""
    text: str = ""
    """The line itself, without what surrounds it; empty if it is not known."""

    @property
    def place(self) -> str:
        """``put() at multiprocessing/queues.py:96``, with the thread if it is not the caller."""
        thread = "" if self.thread == CALLER else f", in thread {self.thread}"
        return f"{self.function}() at {self.file}:{self.line}{thread}"


@dataclasses.dataclass(frozen=True)
class Held:
    """A line at which an actor is held, by its text: whatever its number in the version that is judged."""

    actor: str
    operation: int
    function: str
    text: str
    visit: int = 1
    thread: str = CALLER
    then: str = GOES_ON

    def among(self, lines: Iterable[Hold]) -> Hold | None:
        """The hold there, if this is one of these lines."""
        mine = dataclasses.astuple(self)[:-1]
        for line in lines:
            if (line.actor, line.operation, line.function, line.text, line.visit, line.thread) == mine:
                return dataclasses.replace(line, then=self.then)
        return None


@dataclasses.dataclass(frozen=True)
class Schedule:
    """Who is held where; without holds, all actors start together, and pause as the seed says."""

    seed: int = 0
    holds: tuple[Hold, ...] = ()
    faults: tuple[str, ...] = ()
    """What else is done to the actors, as `queuespec.explore.faults` names it."""

    def as_json(self) -> dict[str, Any]:
        """As plain data."""
        return {**dataclasses.asdict(self), "holds": [*map(dataclasses.asdict, self.holds)], "faults": [*self.faults]}

    @classmethod
    def of_json(cls, data: dict[str, Any]) -> Schedule:
        """The schedule of what `as_json` returned."""
        return cls(data["seed"], tuple(Hold(**hold) for hold in data["holds"]), tuple(data["faults"]))
