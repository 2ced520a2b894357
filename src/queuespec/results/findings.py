"""Findings of exploring, as a results file has them: data that fits the schema."""

from __future__ import annotations

import dataclasses
from typing import Any, Optional

from queuespec.results.measurement import Measured
from queuespec.results.verdict import Header, Verdict
from queuespec.text import one_line

LONGEST_TEXT = 1000
"""Maximum length of a text, in characters."""


@dataclasses.dataclass(frozen=True)
class Found:
    """A way in which a kind of queue is wrong."""

    counterexample: dict[str, Any]
    """As `queuespec.explore.counterexample` writes and reads it."""
    counts: dict[str, int]
    """How many runs were broken in this way, by start method."""

    @property
    def cause(self) -> str:
        """What is broken, in one word."""
        return str(self.counterexample["broken"]["cause"])

    @property
    def rule(self) -> str:
        """The nearest rule, by its slug."""
        return str(self.counterexample["broken"]["rule"])

    @property
    def sentence(self) -> str:
        """What the history does that the model does not allow."""
        return str(self.counterexample["broken"]["sentence"])

    @property
    def kind(self) -> str:
        """The kind of queue."""
        return str(self.counterexample["history"]["scenario"]["kind"])

    def as_data(self) -> dict[str, Any]:
        """The finding's line, as data for JSON."""
        return {"counterexample": bounded(self.counterexample), "counts": self.counts}


Explored = Optional[dict[str, int]]
"""How far exploring has come, by the names of `queuespec.explore.exploring.Coverage`; None for a run that judged."""


@dataclasses.dataclass(frozen=True)
class Results:
    """A results file that was read. `cut_short` says why the run is incomplete; it is empty if the run is complete."""

    name: str
    header: Header
    verdicts: list[Verdict]
    cut_short: str = ""
    findings: list[Found] = dataclasses.field(default_factory=list)
    explored: Explored = None
    measured: Measured = dataclasses.field(default_factory=Measured)
    digest: str = ""
    """That of its lines: files with the same digest are copies of one file."""


def saved(header: Header, counterexample: dict[str, Any]) -> dict[str, Any]:
    """A counterexample as a file of its own, as data for JSON."""
    return {"header": header.as_data(), "counterexample": bounded(counterexample)}


def bounded(value: Any) -> Any:
    """The same data with every text safe for a file: one line of bounded length."""
    if isinstance(value, str):
        return one_line(value, LONGEST_TEXT)
    if isinstance(value, dict):
        return {name: bounded(one) for name, one in value.items()}
    return [*map(bounded, value)] if isinstance(value, (list, tuple)) else value
