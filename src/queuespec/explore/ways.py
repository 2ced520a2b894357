"""The ways to make trouble for a kind of queue under a start method: stress, and holding, of which there are two."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import Callable

from queuespec.explore.coverage import Coverage
from queuespec.explore.exploring import Way
from queuespec.explore.faults import faults_of
from queuespec.explore.generate import scenarios
from queuespec.explore.holding import Holding
from queuespec.explore.minimize import Trial
from queuespec.explore.places import Lines, Places
from queuespec.explore.scattered import Scattered
from queuespec.explore.scenario import Scenario
from queuespec.explore.schedule import Hold, Schedule

SHARES = {"SimpleQueue": 0.5, "Manager.Queue": 0.25, "Manager.JoinableQueue": 0.25}
"""What has less than its share of the time, since there is less to go wrong in what has no feeder thread."""

REST = 0.15
"""The share of each start method but fork, or the first one: most that is wrong shows there, too, where much more
happens in the same time."""

HELD = 0.3
"""How much time holding has under other start methods, in proportion to stress: what happens at a line is the same."""

OTHERS = 0.2
"""The share of the kinds that are the standard library's own, where the implementation has others."""

FAULTY = 0.15
"""What share of the scenarios is performed with a fault."""


class Stress:
    """Made-up scenarios, whose actors start together; now and then with a fault in one of their processes."""

    def __init__(self, kind: str, start_method: str, seed: int, lacks: Set[str], share: Callable[[], float]) -> None:
        self.kind, self.start_method, self._share = kind, start_method, share
        self._seed, self._lacks, self._rounds = seed, lacks, 0

    @property
    def share(self) -> float:
        """How much of the time it has, in proportion to the others."""
        return self._share()

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
    places = {kind: Places(kind, lacking) for kind in kinds}

    def share_of(kind: str, whole: float) -> Callable[[], float]:
        whole *= SHARES.get(kind, 1.0)

        def share() -> float:
            others = not places[kind].own and any(one.own for one in places.values())
            return whole * (OTHERS if others and places[kind].scouted else 1.0)

        return share

    methods = [*start_methods]
    fastest = "fork" if "fork" in methods else methods[0]
    found: list[Way] = []
    for method in methods:
        stress = 1.0 if method == fastest else REST
        held = 1.0 if method == fastest else REST * HELD
        for kind, known in places.items():
            found += [
                Stress(kind, method, seed, lacking, share_of(kind, stress)),
                Scattered(known, method, seed, lacking, share_of(kind, held)),
                Holding(kind, method, seed, lacking, share_of(kind, held)),
            ]
    return found
