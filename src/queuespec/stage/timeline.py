"""The timeline of a test: each call with its actor, time, duration and outcome."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Optional

from queuespec.text import one_line

if TYPE_CHECKING:
    from queuespec.stage.calls import Call

SHOWN_CALLS = 60
"""Maximum number of calls of a timeline to show; the last ones are shown."""

Row = tuple[float, str, str, str, Optional[float]]
"""A call: seconds since the test began, actor, call, outcome, duration in seconds or None."""


class Timeline:
    """Every call of a test, from the moment it begins. The stages of one test may share a timeline."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.last: Call | None = None
        """The call whose outcome was read last."""
        self._begun = time.monotonic()

    def rows(self) -> list[Row]:
        """The calls, in the order in which they began."""
        return [
            (call.begun - self._begun, call.actor.name, call.text, call.outcome, call.seconds) for call in self.calls
        ]

    def __str__(self) -> str:
        return "\n".join(in_lines(self.rows()))


def in_lines(rows: Sequence[Row]) -> Iterator[str]:
    """The rows of a timeline for people: only the last ones if there are many."""
    left_out = len(rows) - SHOWN_CALLS
    if left_out > 0:
        yield f"{left_out:9} earlier calls"
    for begun, actor, text, outcome, seconds in rows[-SHOWN_CALLS:]:
        took = "" if seconds is None else f"  ({seconds * 1000:.1f} ms)"
        yield f"{begun * 1000:9.1f} ms  {one_line(actor, 80):<10} {one_line(text, 200)}  {one_line(outcome, 200)}{took}"
