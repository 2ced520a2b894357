"""How much there is to explore, and how much of it was met."""

from __future__ import annotations

import dataclasses
from collections.abc import Set


@dataclasses.dataclass(frozen=True)
class Coverage:
    """How far exploring has come. What is not known before it is met counts as it is met."""

    rounds: int = 0
    """Runs of made-up scenarios, whose actors start together."""
    schedules: int = 0
    """Runs in which an actor is held."""
    schedules_there_are: int = 0
    """For the pairs that were met."""
    held: Set[object] = frozenset()
    """Lines of the implementation at which an actor was held."""
    lines: Set[object] = frozenset()
    """Those that were visited."""
    pairs: int = 0
    """Pairs of operations, in a state of the queue, of which one was held while the other was performed."""
    pairs_there_are: int = 0

    def __add__(self, other: Coverage) -> Coverage:
        return Coverage(
            self.rounds + other.rounds,
            self.schedules + other.schedules,
            self.schedules_there_are + other.schedules_there_are,
            self.held | other.held,
            self.lines | other.lines,
            self.pairs + other.pairs,
            self.pairs_there_are + other.pairs_there_are,
        )

    @property
    def counts(self) -> dict[str, int]:
        """The numbers, by name."""
        return {**vars(self), "held": len(self.held), "lines": len(self.lines)}
