"""How much there is to explore, and how much of it was met."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass
class Coverage:
    """How much there is, and how much of it was met. What is not known before it was met counts as it is met."""

    rounds: int = 0
    """Runs of made-up scenarios, whose actors start together."""
    schedules: int = 0
    """Runs in which an actor is held."""
    schedules_there_are: int = 0
    lines: int = 0
    """Lines of the implementation at which an actor was held."""
    lines_there_are: int = 0
    pairs: int = 0
    """Pairs of operations of which one was held while the other was performed."""
    pairs_there_are: int = 0

    def __add__(self, other: Coverage) -> Coverage:
        names = [field.name for field in dataclasses.fields(self)]
        return Coverage(**{name: getattr(self, name) + getattr(other, name) for name in names})
