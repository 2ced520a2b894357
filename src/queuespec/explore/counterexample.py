"""Counterexamples: histories that the model does not allow, and the facts of each."""

from __future__ import annotations

import dataclasses
from typing import Any

from queuespec.explore.history import History
from queuespec.explore.schedule import Schedule


@dataclasses.dataclass(frozen=True)
class Broken:
    """What a history does that the model does not allow."""

    sentence: str
    """``"p1-2" was put before "p1-3" by the same process, and got after it``"""
    rule: str
    """The nearest rule of the specification, by its slug."""
    cause: str
    """What is broken, in one word: two histories that are wrong in the same way have the same."""


@dataclasses.dataclass(frozen=True)
class Counterexample:
    """A scenario, how it was run, what happened, and what that breaks."""

    broken: Broken
    schedule: Schedule
    history: History
    """It contains the scenario."""
    shown: int
    """In how many of `tried` further runs it was broken in the same way."""
    tried: int

    def as_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "broken": dataclasses.asdict(self.broken),
            "schedule": self.schedule.as_json(),
            "history": self.history.as_json(),
            "shown": self.shown,
            "tried": self.tried,
        }

    @classmethod
    def of_json(cls, data: dict[str, Any]) -> Counterexample:
        """The counterexample of what `as_json` returned."""
        broken, schedule = Broken(**data["broken"]), Schedule.of_json(data["schedule"])
        return cls(broken, schedule, History.of_json(data["history"]), data["shown"], data["tried"])
