"""The timeline of a test: each call with its actor, time, duration and outcome."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from queuespec.text import Row, in_lines

if TYPE_CHECKING:
    from queuespec.stage.calls import Call


class Timeline:
    """Every call of a test, from the moment it begins. The stages of one test may share a timeline."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.last: Call | None = None
        """The call whose outcome was read last."""
        self.performed: list[Row] = []
        """What was performed without calls of the judge."""
        self._begun = time.monotonic()

    def rows(self) -> list[Row]:
        """The calls, in the order in which they began."""
        calls = ((one.begun - self._begun, one.actor.name, one.text, one.outcome, one.seconds) for one in self.calls)
        return [*calls, *self.performed]

    def __str__(self) -> str:
        return "\n".join(in_lines(self.rows()))
