"""Holding somewhere: made-up scenarios of which one actor is held at a line of the implementation.

Pairs of operations (`queuespec.explore.holding`) are all there is for two calls; but they are many, and much goes wrong
only if more happens meanwhile: while a feeder thread is held, its process puts again, and waits for an answer. So
made-up scenarios, as those of stress, are performed with a hold each, and each line has its turn: those at which an
actor was held least often come first, and what the implementation has written itself has half of the time.
"""

from __future__ import annotations

import dataclasses
import random
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from typing import Callable

from queuespec.explore.coverage import Coverage
from queuespec.explore.generate import scenarios
from queuespec.explore.minimize import Trial
from queuespec.explore.places import Lines, Places, is_own, weight_of
from queuespec.explore.scenario import Part, Scenario
from queuespec.explore.schedule import THEN, Hold, Schedule

MOST = 30
"""How many operations a scenario has at most: they are performed one by one, which takes its time."""

OWN = 0.5
"""The share of the runs in which an actor is held in the implementation's own modules, if it is there at all."""

TWO, DIES = 0.15, 0.1
"""The shares of the runs in which another actor is held, too, and in which the held thread ends or fails there."""


class Scattered:
    """Plans made-up scenarios without end, each with a hold; nothing if the implementation has no Python code."""

    def __init__(
        self, places: Places, start_method: str, seed: int, lacks: Set[str], share: Callable[[], float] = lambda: 1.0
    ) -> None:
        self.kind, self.start_method, self._share = places.kind, start_method, share
        self._places, self._seed, self._lacks = places, seed, lacks
        self._deaths = ("raise",) if lacks & {"kill", "processes"} else THEN[1:]
        self._held: set[tuple[str, str, int]] = set()
        self._tried = 0
        self._chosen: Counter[Hold] = Counter()
        self._chance = random.Random(f"{seed} scattered")

    @property
    def share(self) -> float:
        """How much of the time it has, in proportion to the others."""
        return self._share()

    def trials(self, lines: Lines) -> Iterator[Trial]:
        """What to run, in this order."""
        if not self._places.scouted:
            self._places.scout(self.start_method, lines)
        if not self._places.found:
            return
        for number, scenario in enumerate(scenarios(self.kind, self.start_method, self._seed + 1, self._lacks)):
            actors = [part.actor for part in scenario.parts]
            first = self._hold(scenario, actors, dies=self._chance.random() < DIES)
            if first is None or sum(len(part.operations) for part in scenario.parts) > MOST:
                continue
            holds = [first]
            if first.then == THEN[0] and self._chance.random() < TWO:
                second = self._hold(scenario, [actor for actor in actors if actor != first.actor], dies=False)
                holds += [] if second is None else [second]
            yield Trial(scenario, Schedule(self._seed + number, tuple(holds)))

    def _hold(self, scenario: Scenario, actors: list[str], dies: bool) -> Hold | None:
        """A place for one of these actors: of all that there are, one that was chosen least often for what it is."""
        best: tuple[bool, float, float] | None = None
        found: tuple[Hold, Part, int] | None = None
        own = self._chance.random() < OWN
        for part in scenario.parts:
            for index, operation in enumerate(part.operations):
                for place in self._places.found.get(operation.call, ()) if part.actor in actors else ():
                    rank = (
                        own and not is_own(place.file),
                        self._chosen[place] / weight_of(place),
                        self._chance.random(),
                    )
                    if best is None or rank < best:
                        best, found = rank, (place, part, index)
        if found is None:
            return None
        place, part, index = found
        self._chosen[place] += 1
        then = THEN[0]
        if dies:
            then = self._chance.choice(self._deaths if part.process != "parent" else ("raise",))
        return dataclasses.replace(place, actor=part.actor, operation=index, then=then)

    def has_run(self, trial: Trial, reached: Sequence[Hold]) -> None:
        """Counts a schedule that was tried, and the line of its first hold if that is among those `reached`."""
        self._tried += 1
        for hold in trial.schedule.holds[:1]:
            if hold in reached:
                self._held.add((hold.file, hold.function, hold.line))

    @property
    def coverage(self) -> Coverage:
        """How many of its runs there were, and at which lines actors were held."""
        visited = {(hold.file, hold.function, hold.line) for holds in self._places.found.values() for hold in holds}
        return Coverage(0, self._tried, self._tried, frozenset(self._held), frozenset(visited))
