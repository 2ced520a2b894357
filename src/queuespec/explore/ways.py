"""The ways to make trouble for a kind of queue under a start method: stress, and holding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

from queuespec.explore.coverage import Coverage
from queuespec.explore.exploring import Lines, Way
from queuespec.explore.generate import scenarios
from queuespec.explore.minimize import Trial
from queuespec.explore.schedule import Schedule


class Stress:
    """Made-up scenarios, whose actors start together."""

    def __init__(self, kind: str, start_method: str, seed: int, lacks: Set[str]) -> None:
        self.kind, self.start_method, self.coverage = kind, start_method, Coverage()
        self._seed, self._lacks = seed, lacks

    def trials(self, lines: Lines) -> Iterator[Trial]:
        """Without end, each with a seed of its own."""
        made = scenarios(self.kind, self.start_method, self._seed, self._lacks)
        for number, scenario in enumerate(made):
            yield Trial(scenario, Schedule(self._seed + number))

    def has_run(self, trial: Trial) -> None:
        """Counts a run."""
        self.coverage.rounds += 1


def ways_of(kinds: Iterable[str], start_methods: Iterable[str], seed: int, lacks: Iterable[str]) -> list[Way]:
    """All ways, by kind and start method."""
    lacking = frozenset(lacks)
    return [Stress(kind, method, seed, lacking) for method in start_methods for kind in kinds]
