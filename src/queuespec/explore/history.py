"""Histories: what happened in one run of a scenario.

Times are nanoseconds of the system's monotonic clock, which all processes of a machine share.
"""

from __future__ import annotations

import dataclasses
from typing import Any, Union

from queuespec.explore.scenario import Operation, Scenario

Value = Union[None, bool, int, str]
"""What a call returned, or the name of the exception that it raised. An item is its name (see `Operation.item`); if it
did not arrive as it was put, ``damaged: `` and a text. What is no item, no number and no bool is its repr."""


@dataclasses.dataclass(frozen=True)
class Step:
    """One operation, as its actor performed it."""

    actor: str
    operation: Operation
    begin: int
    """A moment before it began, in nanoseconds."""
    end: int | None = None
    """A moment after it ended, in nanoseconds; None if it was still running at the end, or its process was gone."""
    outcome: str = ""
    """``returned``, ``raised``, or empty if it has no end."""
    value: Value = None


@dataclasses.dataclass(frozen=True)
class Ending:
    """The end of a process of the scenario."""

    process: str
    """The actor that was its main thread."""
    begin: int
    """A moment at which it still ran, in nanoseconds."""
    end: int
    """A moment at which it was known to have ended, in nanoseconds."""
    exit_code: int | None
    """As `Process.exitcode`: negative for a signal; None if it is not known."""


@dataclasses.dataclass(frozen=True)
class History:
    """What the actors of a scenario did. A process without an `Ending` was still running when the run was given up."""

    scenario: Scenario
    steps: tuple[Step, ...]
    """In the order of their beginnings; at the end those by which the parent got what was left, if it came to that."""
    endings: tuple[Ending, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "scenario": self.scenario.as_json(),
            "steps": [dataclasses.asdict(step) for step in self.steps],
            "endings": [dataclasses.asdict(ending) for ending in self.endings],
        }

    @classmethod
    def of_json(cls, data: dict[str, Any]) -> History:
        """The history of what `as_json` returned."""
        steps = tuple(Step(**{**one, "operation": Operation(**one["operation"])}) for one in data["steps"])
        endings = tuple(Ending(**one) for one in data["endings"])
        return cls(Scenario.of_json(data["scenario"]), steps, endings)
