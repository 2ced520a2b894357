"""The ways to make trouble for a kind of queue under a start method: stress, and holding."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence, Set

from queuespec.explore.coverage import Coverage
from queuespec.explore.exploring import Way
from queuespec.explore.generate import pairs, scenarios
from queuespec.explore.holding import Holding, Lines
from queuespec.explore.minimize import Trial
from queuespec.explore.scenario import Scenario
from queuespec.explore.schedule import Hold, Schedule


SHARES = {"fork": 2.0, "SimpleQueue": 0.5, "Manager.Queue": 0.5, "Manager.JoinableQueue": 0.5}
"""What has more than its share of the time, since much happens in it, or less, since there is less to go wrong."""


def _share(*names: str) -> float:
    return math.prod(SHARES.get(name, 1.0) for name in names)


class Stress:
    """Made-up scenarios, whose actors start together."""

    def __init__(self, kind: str, start_method: str, seed: int, lacks: Set[str]) -> None:
        self.kind, self.start_method, self.share = kind, start_method, _share(kind, start_method)
        self._seed, self._lacks, self._rounds = seed, lacks, 0

    def trials(self, lines: Lines) -> Iterator[Trial]:
        """Without end, each with a seed of its own."""
        made = scenarios(self.kind, self.start_method, self._seed, self._lacks)
        for number, scenario in enumerate(made):
            yield Trial(scenario, Schedule(self._seed + number))

    def has_run(self, trial: Trial, reached: Sequence[Hold]) -> None:
        """Counts a run."""
        self._rounds += 1

    @property
    def coverage(self) -> Coverage:
        """How many rounds there were."""
        return Coverage(self._rounds)


class Held:
    """Pairs of operations, of which one is held at each of its lines."""

    def __init__(self, kind: str, start_method: str, seed: int, lacks: Set[str]) -> None:
        self.kind, self.start_method, self.share = kind, start_method, _share(kind, start_method)
        self._holding = Holding(self._lines, pairs(kind, start_method, lacks), seed, lacks)
        self._asked: Lines | None = None

    def _lines(self, scenario: Scenario) -> Iterable[Hold]:
        assert self._asked is not None
        return self._asked(scenario)

    def trials(self, lines: Lines) -> Iterator[Trial]:
        """All schedules, those with one hold first on average."""
        self._asked = lines
        return itertools.starmap(Trial, self._holding.planned())

    def has_run(self, trial: Trial, reached: Sequence[Hold]) -> None:
        """Counts a run."""
        self._holding.has_run(trial.schedule, reached)

    @property
    def coverage(self) -> Coverage:
        """How many of the schedules, lines and pairs were met."""
        one = self._holding
        lines = frozenset(one.held), frozenset(one.lines)
        return Coverage(0, one.tried, one.there, *lines, one.scenarios, one.all_scenarios)


def ways_of(kinds: Iterable[str], start_methods: Iterable[str], seed: int, lacks: Iterable[str]) -> list[Way]:
    """All ways, by kind and start method."""
    lacking = frozenset(lacks)
    places = [(kind, method) for method in start_methods for kind in kinds]
    return [way(*place, seed, lacking) for place in places for way in (Stress, Held)]
