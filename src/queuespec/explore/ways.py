"""The ways to make trouble for a kind of queue under a start method: stress, and holding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

from queuespec.explore.coverage import Coverage
from queuespec.explore.exploring import Round, Way
from queuespec.explore.generate import scenarios
from queuespec.explore.minimize import Run
from queuespec.explore.schedule import Schedule


def stress(kind: str, start_method: str, seed: int, lacks: Set[str]) -> Way:
    """Made-up scenarios, whose actors start together."""
    coverage = Coverage()

    def rounds(run: Run) -> Iterator[Round]:
        for number, scenario in enumerate(scenarios(kind, start_method, seed, lacks)):
            schedule = Schedule(seed + number)
            history = run(scenario, schedule)
            coverage.rounds += history is not None
            yield Round(schedule, history)

    return Way(kind, start_method, rounds, lambda: coverage)


def ways_of(kinds: Iterable[str], start_methods: Iterable[str], seed: int, lacks: Iterable[str]) -> list[Way]:
    """All ways, by kind and start method."""
    lacking = frozenset(lacks)
    return [stress(kind, method, seed, lacking) for method in start_methods for kind in kinds]
