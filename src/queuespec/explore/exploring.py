"""Exploring: runs of many scenarios, each judged; what is broken is minimized, and each way to be wrong is one finding.

Nothing is kept of a run that is not broken, so that exploring may take hours.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Callable, Protocol

from queuespec.explore.counterexample import Broken, Counterexample
from queuespec.explore.coverage import Coverage
from queuespec.explore.history import History
from queuespec.explore.minimize import Judge, Trial, minimized
from queuespec.explore.places import Lines
from queuespec.explore.running import NotPlayed
from queuespec.explore.scenario import Scenario
from queuespec.explore.schedule import Hold, Schedule

SHARE, LEAST, MOST = 0.25, 10.0, 60.0
"""How long a finding is made smaller, in seconds: this share of the whole time, but at least and at most that long."""
SLOW = 10
"""It may also take as long as this many runs, since a run in which items are lost waits for each of them."""
GRACE = 5.0
"""How long exploring may go on after its time, in seconds: half of this to make smaller what it has found."""
CHUNK = 8
"""How many runs of a way are planned at a time: several may be performed by the same processes."""
FEW = 3
"""The same for a way with little time."""
LITTLE = 0.2
"""A share of the time that is little."""
HEAD_START = 0.4
"""As if each way had had that many seconds before: so those with the largest shares begin."""
IN_VAIN = 24
"""After how many runs that failed, and none that did not, a way is given up."""


class Player(Protocol):
    """What performs scenarios (see `queuespec.explore.running`); each method raises `NotPlayed` if it cannot."""

    @property
    def held(self) -> Sequence[Hold]:
        """The holds that were reached in the latest run."""

    def run(self, scenario: Scenario, schedule: Schedule) -> History:
        """The history of performing a scenario once."""

    def runs(self, planned: Iterable[Trial]) -> Iterator[tuple[Scenario, Schedule, History]]:
        """The same for several; what cannot be performed is left out."""

    def lines(self, scenario: Scenario) -> list[Hold]:
        """Every line that is visited in a run without holds."""


class Way(Protocol):
    """A way to make trouble for one kind of queue under one start method."""

    kind: str
    start_method: str

    @property
    def share(self) -> float:
        """How much of the time it has, in proportion to the others."""

    @property
    def coverage(self) -> Coverage:
        """How far it has come."""

    def trials(self, lines: Lines) -> Iterator[Trial]:
        """What to run, the most telling first."""

    def has_run(self, trial: Trial, reached: Sequence[Hold]) -> None:
        """Counts a run, in which these holds were reached."""


class _Turns:
    """A way, and its share of the time."""

    def __init__(self, way: Way) -> None:
        self.way = way
        self.spent = HEAD_START / way.share
        """Seconds, or runs if their number is limited, for a share of 1."""
        self.ran = self.failed = 0
        self.player: Player | None = None
        """The one whose turn it is."""
        self.trials = way.trials(self._lines)

    def _lines(self, scenario: Scenario) -> list[Hold]:
        assert self.player is not None
        return self.player.lines(scenario)


@dataclasses.dataclass
class Finding:
    """A way in which a kind of queue is wrong."""

    counterexample: Counterexample
    counts: Counter[str]
    """How many runs were broken in this way, by start method."""
    settled: bool = False
    """Whether the counterexample stays as it is."""
    minimal: bool = False
    """Whether it is as small as it gets; there may have been no time for that."""


class Exploring:
    """Follows several ways, each for its share of the time; `findings` has what was found so far, by cause and kind.

    It ends after a number of seconds, or of runs; if runs are limited, one thread makes the same ones each time.
    """

    def __init__(
        self,
        ways: Sequence[Way],
        judge: Judge,
        seconds: float | None,
        runs: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.ways, self.judge, self.limit, self.runs = [*ways], judge, seconds, runs
        """`limit` is in seconds, and None if only the runs are limited."""
        self.done = 0
        """How many runs have ended."""
        self.findings: dict[tuple[str, str], Finding] = {}
        self.given_up: dict[tuple[str, str], str] = {}
        """Why a kind of queue could not be explored, one sentence, by kind and start method."""
        self._free = [*map(_Turns, ways)]
        self._clock, self._begun = clock, clock()
        self._lock = threading.Lock()
        self._stopped, self._abandoned = threading.Event(), threading.Event()

    @property
    def elapsed(self) -> float:
        """Seconds since it began."""
        return self._clock() - self._begun

    @property
    def coverage(self) -> Coverage:
        """That of all ways."""
        return sum((way.coverage for way in self.ways), Coverage())

    def stop(self) -> None:
        """Lets no further run begin."""
        self._stopped.set()

    def abandon(self) -> None:
        """Believes nothing of the runs under way, whose processes are about to be ended; no further one begins."""
        self._abandoned.set()
        self._stopped.set()

    @property
    def abandoned(self) -> bool:
        """Whether what runs now is not believed."""
        return self._abandoned.is_set()

    @property
    def over(self) -> bool:
        """Whether no further run begins."""
        return (self.runs is not None and self.done >= self.runs) or self._ends

    @property
    def _ends(self) -> bool:
        return self._stopped.is_set() or (self.limit is not None and self.elapsed >= self.limit)

    @property
    def late(self) -> bool:
        """Whether it has taken as long as it may."""
        return self.limit is not None and self.elapsed >= self.limit + GRACE

    def follow(self, player: Player) -> None:
        """Follows the ways by turns until it is over or none is left; several threads may, each with its own player.
        Raises what that one raises, but not `NotPlayed`."""
        while not self.over:
            with self._lock:
                if not self._free:
                    return
                one = min(self._free, key=lambda one: one.spent)
                self._free.remove(one)
            if self._turn(one, player):
                with self._lock:
                    self._free.append(one)

    def _turn(self, one: _Turns, player: Player) -> bool:
        """Follows a way for a moment; returns whether there is more of it."""
        begun = self._clock()
        one.player = player
        most = CHUNK if one.way.share > LITTLE else FEW
        planned = [*itertools.islice(one.trials, most if self.runs is None else min(most, self.runs - self.done))]
        found, ran = [], 0
        for scenario, schedule, history in player.runs(planned):
            if self.abandoned:
                return False
            ran += 1
            one.way.has_run(Trial(scenario, schedule), player.held)
            broken = self.judge(history, schedule)
            if broken is not None:
                found.append((schedule, history, broken))
            if self._ends:
                break
        if self.abandoned:
            return False
        one.ran, one.failed = one.ran + ran, one.failed + len(planned) - ran
        one.spent += (self._clock() - begun if self.runs is None else len(planned)) / one.way.share
        with self._lock:
            self.done += len(planned)
        for schedule, history, broken in found:
            self._found(schedule, history, broken, player)
        if one.failed >= IN_VAIN and not one.ran:
            self.given_up[one.way.kind, one.way.start_method] = _why(planned, player)
            return False
        return bool(planned)

    def _found(self, schedule: Schedule, history: History, broken: Broken, player: Player) -> None:
        scenario = history.scenario
        key = (broken.cause, scenario.kind)
        with self._lock:
            known = self.findings.get(key)
            finding = known or Finding(Counterexample(broken, schedule, history, 0, 0), Counter())
            finding.counts[scenario.start_method] += 1
            self.findings[key] = finding
        if known is not None:
            return

        begun, longest = self._clock(), 0.0
        latest = math.inf if self.limit is None else self._begun + self.limit + GRACE / 2

        def run(scenario: Scenario, schedule: Schedule) -> History | None:
            nonlocal longest
            before = self._clock()
            try:
                history = player.run(scenario, schedule)
            except NotPlayed:
                return None
            longest = max(longest, self._clock() - before)
            return None if self.abandoned else history

        def stopped() -> bool:
            return self._stopped.is_set() or self.late

        def enough() -> bool:
            seconds = min(MOST, max(LEAST, SHARE * (self.limit or 0.0), SLOW * longest))
            return stopped() or self._clock() >= min(latest, begun + seconds)

        smallest = minimized(history, broken, schedule, run, self.judge, enough, stopped)
        finding.counterexample, finding.minimal = smallest
        finding.settled = True


def _why(planned: Sequence[Trial], player: Player) -> str:
    """Why nothing of this could be performed."""
    try:
        for trial in planned[:1]:
            player.run(*trial)
    except NotPlayed as error:
        return str(error)
    return "it can be performed only sometimes"
