"""All schedules that hold an actor at a line of the implementation, or two.

For a scenario whose first part ends in the operation that is to be held: each line that it visits, in its own thread
and in those of the queue, is a place to hold it. There it goes on later, or raises an exception, or ends its process;
the parent does not end, since all would end with it. Each line of the last operation of the second part is a place to
hold that one at the same time.
"""

from __future__ import annotations

import dataclasses
import itertools
import random
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import Callable

from queuespec.explore.coverage import Coverage
from queuespec.explore.generate import pairs
from queuespec.explore.minimize import Trial
from queuespec.explore.places import VISITS, Lines, is_own, weight_of
from queuespec.explore.running import NotPlayed
from queuespec.explore.scenario import TASKS, Operation, Part, Scenario
from queuespec.explore.schedule import THEN, Hold, Schedule

SHARE = 4
"""How many schedules of a scenario are tried before the next scenario has its turn."""

OWN = 4.0
"""How much sooner the lines of the implementation's own modules have their turn, on average."""

NO_TASKS = 4.0
"""How much later the pairs of a JoinableQueue have their turn that a Queue has as well, on average."""

STATES = 2
"""How many states of the queue a pair has been tried in, on average, when the last pair has its turn."""

DEATHS, TWO = 6.0, 8.0
"""How much later deaths, and all pairs of a line with others, have their turn, on average."""

IN_VAIN = 6
"""After how many scenarios without any line the implementation counts as one without Python code."""

Line = tuple[str, str, int]
"""Its file, its function and its number."""


class Holding:
    """Plans schedules with holds: of each scenario some, and then others, until all have been tried.

    The order is random, the same for the same seed; the first scenarios and the schedules with one hold come first on
    average. Without Python code of the implementation, nothing is tried.
    """

    def __init__(
        self,
        kind: str,
        start_method: str,
        seed: int,
        lacks: Set[str] = frozenset(),
        share: Callable[[], float] = lambda: 1.0,
    ) -> None:
        self.kind, self.start_method, self._share = kind, start_method, share
        self._deaths = ("raise",) if lacks & {"kill", "processes"} else THEN[1:]
        self._scenarios = _in_order(pairs(kind, start_method, lacks), kind, random.Random(seed))
        self._seed = seed
        self._visited: set[Line] = set()
        self._held: set[Line] = set()
        self._there_are = self._tried = self._met = 0

    @property
    def share(self) -> float:
        """How much of the time it has, in proportion to the others."""
        return self._share()

    @property
    def coverage(self) -> Coverage:
        """How many of the schedules, lines and pairs were met."""
        lines = frozenset(self._held), frozenset(self._visited)
        return Coverage(0, self._tried, self._there_are, *lines, self._met, len(self._scenarios))

    def has_run(self, trial: Trial, reached: Sequence[Hold]) -> None:
        """Counts a schedule that was tried, and the line of its first hold if that is among those `reached`."""
        hold = trial.schedule.holds[0]
        self._tried += 1
        if hold in reached:
            self._held.add(_line(hold))

    def trials(self, lines: Lines) -> Iterator[Trial]:
        """What to run, in this order."""
        left = [*range(len(self._scenarios))]
        for turn in itertools.count():
            for number in left[:]:
                scenario = self._scenarios[number]
                schedules = self._schedules(scenario, number, lines)
                if not turn:
                    self._met += 1
                    self._there_are += len(schedules)
                share = schedules[turn * SHARE : (turn + 1) * SHARE]
                if len(share) < SHARE:
                    left.remove(number)
                yield from (Trial(scenario, schedule) for schedule in share)
                if self._met >= IN_VAIN and not self._visited:
                    return
            if not left:
                return

    def _schedules(self, scenario: Scenario, number: int, lines: Lines) -> list[Schedule]:
        try:
            visited = [one for one in lines(scenario) if one.visit <= VISITS]
        except NotPlayed:
            return []
        first, second = (
            [one for one in visited if (one.actor, one.operation) == (part.actor, len(part.operations) - 1)]
            for part in scenario.parts[:2]
        )
        self._visited.update(map(_line, first))
        chance = random.Random(f"{self._seed} {number}")
        ranked: list[tuple[float, Schedule]] = []

        def add(factor: float, *holds: Hold) -> None:
            own = OWN if any(is_own(one.file) for one in holds) else 1.0
            rank = factor / own / min(map(weight_of, holds)) * chance.random()
            ranked.append((rank, Schedule(0, holds)))

        for hold in first:
            add(1.0, hold)
            for then in self._deaths:
                if then == "raise" or Part(hold.actor, ()).process != "parent":
                    add(DEATHS, dataclasses.replace(hold, then=then))
            for other in second:
                add(TWO * len(second), hold, other)
        return [schedule for _, schedule in sorted(ranked, key=lambda one: one[0])]


def _in_order(scenarios: Iterable[Scenario], kind: str, chance: random.Random) -> list[Scenario]:
    """Each pair of operations in one state of the queue, then in another, and so on; the most telling come first on
    average. Those are the first pairs; of a JoinableQueue, those that know of tasks, since the others are a Queue's."""
    groups: dict[tuple[Operation, ...], list[Scenario]] = {}
    for scenario in scenarios:
        first, second = (part.operations for part in scenario.parts)
        pair = tuple(dataclasses.replace(operation, item="") for operation in (first[-1], *second))
        groups.setdefault(pair, []).append(scenario)
    ranked = []
    for number, (pair, states) in enumerate(groups.items(), 1):
        beside = "Joinable" in kind and not any(operation.call in TASKS for operation in pair)
        rank = number * chance.random() * (NO_TASKS if beside else 1.0)
        ranked += [(rank + turn * len(groups) / STATES, scenario) for turn, scenario in enumerate(states)]
    return [scenario for _, scenario in sorted(ranked, key=lambda one: one[0])]


def _line(hold: Hold) -> Line:
    return hold.file, hold.function, hold.line
