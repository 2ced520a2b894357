"""The ways to make trouble for a kind of queue under a start method: stress, and holding."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Sequence, Set

from queuespec.explore.coverage import Coverage
from queuespec.explore.exploring import Way
from queuespec.explore.faults import faults_of
from queuespec.explore.generate import scenarios
from queuespec.explore.holding import Holding, Lines
from queuespec.explore.minimize import Trial
from queuespec.explore.scenario import Scenario
from queuespec.explore.schedule import Hold, Schedule

SHARES = {"fork": 2.0, "SimpleQueue": 0.5, "Manager.Queue": 0.5, "Manager.JoinableQueue": 0.5}
"""What has more than its share of the time, since much happens in it, or less, since there is less to go wrong."""


FAULTY = 0.15
"""What share of the scenarios is performed with a fault."""


class Stress:
    """Made-up scenarios, whose actors start together; now and then with a fault in one of their processes."""

    def __init__(self, kind: str, start_method: str, seed: int, lacks: Set[str], share: float) -> None:
        self.kind, self.start_method, self.share = kind, start_method, share
        self._seed, self._lacks, self._rounds = seed, lacks, 0

    def trials(self, lines: Lines) -> Iterator[Trial]:
        """Without end, each with a seed of its own."""
        made = scenarios(self.kind, self.start_method, self._seed, self._lacks)
        chance = random.Random(self._seed)
        for number, scenario in enumerate(made):
            yield Trial(scenario, Schedule(self._seed + number, (), (*self._faults(scenario, chance),)))

    def _faults(self, scenario: Scenario, chance: random.Random) -> Iterator[str]:
        """Now and then a fault in a child."""
        faults = faults_of(scenario, self._lacks)
        if faults and chance.random() < FAULTY:
            yield chance.choice(faults)

    def has_run(self, trial: Trial, reached: Sequence[Hold]) -> None:
        """Counts a run."""
        self._rounds += 1

    @property
    def coverage(self) -> Coverage:
        """How many rounds there were."""
        return Coverage(self._rounds)


def ways_of(kinds: Iterable[str], start_methods: Iterable[str], seed: int, lacks: Iterable[str]) -> list[Way]:
    """All ways, by kind and start method."""
    lacking = frozenset(lacks)
    places = [(kind, method) for method in start_methods for kind in kinds]
    shares = {place: math.prod(SHARES.get(name, 1.0) for name in place) for place in places}
    return [way(*place, seed, lacking, shares[place]) for place in places for way in (Stress, Holding)]
