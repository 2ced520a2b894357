"""Exploring: runs of many scenarios, each judged; what is broken is minimized, and each way to be wrong is told once.

Nothing is kept of a run that is not broken, so that exploring may take hours.
"""

from __future__ import annotations

import dataclasses
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Callable, NamedTuple

from queuespec.explore.counterexample import Broken, Counterexample
from queuespec.explore.coverage import Coverage
from queuespec.explore.history import History
from queuespec.explore.minimize import Judge, Run, minimized
from queuespec.explore.running import NotPlayed
from queuespec.explore.scenario import Scenario
from queuespec.explore.schedule import Schedule

SHARE, LEAST, MOST = 0.25, 5.0, 60.0
"""How long a finding is minimized, in seconds: this share of the whole time, but at least and at most so long."""
SLICE = 1.0
"""How long one way is followed before another may have its turn, in seconds."""


IN_VAIN = 20
"""After how many rounds that could not be run, and none that could, a way is given up."""


class Round(NamedTuple):
    """A run of a scenario."""

    schedule: Schedule
    history: History | None
    """None if it could not be run."""


class Way:
    """A way to make trouble, for one kind of queue under one start method.

    `rounds` makes the runs, by a function that runs a scenario; `coverage` tells how far they have come.
    """

    def __init__(
        self,
        kind: str,
        start_method: str,
        rounds: Callable[[Run], Iterator[Round]],
        coverage: Callable[[], Coverage],
    ) -> None:
        self.kind, self.start_method, self.coverage = kind, start_method, coverage
        self.spent = 0.0
        """Seconds, or rounds if their number is limited."""
        self.ran = self.failed = 0
        """How many rounds could be run, and how many could not."""
        self._run: Run | None = None
        self._rounds = rounds(lambda scenario, schedule: self._run(scenario, schedule))  # type: ignore[misc]

    def next(self, run: Run) -> Round | None:
        """The next round, run by this function; None if there is none left."""
        self._run = run
        return next(self._rounds, None)


@dataclasses.dataclass
class Finding:
    """A way in which a kind of queue is wrong."""

    counterexample: Counterexample
    counts: Counter[str]
    """How many rounds were broken in this way, by start method."""
    minimal: bool = False
    """Whether the counterexample is as small as it gets."""


class Exploring:
    """Follows several ways, each as long as the others; `findings` has what was found so far, by cause and kind.

    It ends after a number of seconds, or of rounds; if rounds are limited, one thread makes the same ones each time.
    """

    def __init__(
        self,
        ways: Sequence[Way],
        judge: Judge,
        seconds: float | None,
        rounds: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.ways = [*ways]
        self.judge, self.rounds = judge, rounds
        self.limit = seconds
        """In seconds; None if only the rounds are limited."""
        self.done = 0
        """How many rounds have ended."""
        self.findings: dict[tuple[str, str], Finding] = {}
        self.given_up: dict[tuple[str, str], str] = {}
        """Why a kind of queue could not be explored, one sentence, by kind and start method."""
        self._free = [*ways]
        self._clock, self._begun = clock, clock()
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    @property
    def elapsed(self) -> float:
        """Seconds since it began."""
        return self._clock() - self._begun

    @property
    def coverage(self) -> Coverage:
        """That of all ways."""
        return sum((way.coverage() for way in self.ways), Coverage())

    def stop(self) -> None:
        """Lets no further round begin."""
        self._stopped.set()

    @property
    def over(self) -> bool:
        """Whether no further round begins."""
        enough = self.rounds is not None and self.done >= self.rounds
        return enough or (self.limit is not None and self.elapsed >= self.limit) or self._stopped.is_set()

    def follow(self, run: Run) -> None:
        """Follows the ways by turns until it is over or none is left; several threads may, each with its own function
        that runs a scenario. Raises what that one raises."""
        while not self.over:
            with self._lock:
                if not self._free:
                    return
                way = min(self._free, key=lambda one: one.spent)
                self._free.remove(way)
            if self._turn(way, run):
                with self._lock:
                    self._free.append(way)

    def _turn(self, way: Way, run: Run) -> bool:
        """Follows a way for a moment; returns whether there is more of it."""

        def tried(scenario: Scenario, schedule: Schedule) -> History | None:
            try:
                return run(scenario, schedule)
            except NotPlayed as error:
                why = str(error)
                if way.failed + 1 >= IN_VAIN and not way.ran:
                    self.given_up[way.kind, way.start_method] = why
                return None

        begun = self._clock()
        while not self.over:
            made = way.next(tried)
            if made is None:
                return False
            with self._lock:
                self.done += 1
            took = self._clock() - begun
            if made.history is None:
                way.failed += 1
                if way.failed >= IN_VAIN and not way.ran:
                    return False
                continue
            way.ran += 1
            broken = self.judge(made.history, made.schedule)
            if broken is not None:
                self._found(made.schedule, made.history, broken, tried)
            if self.rounds is not None or took >= SLICE:
                way.spent += 1.0 if self.rounds is not None else took
                break
        return True

    def _found(self, schedule: Schedule, history: History, broken: Broken, run: Run) -> None:
        scenario = history.scenario
        key = (broken.cause, scenario.kind)
        with self._lock:
            known = self.findings.get(key)
            finding = known or Finding(Counterexample(broken, schedule, history, 0, 0), Counter())
            finding.counts[scenario.start_method] += 1
            self.findings[key] = finding
        if known is None:
            end = self._clock() + min(MOST, max(LEAST, SHARE * (self.limit or 0.0)))
            finding.counterexample = minimized(
                *(history, broken, schedule, run, self.judge),
                lambda: self._stopped.is_set() or self._clock() >= end,
                self._stopped.is_set,
            )
            finding.minimal = True
