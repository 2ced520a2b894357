"""Performs scenarios on the real queue, and has the history of each."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Callable

from queuespec.explore.cast import Cast
from queuespec.explore.faults import POSSIBLE
from queuespec.explore.history import History
from queuespec.explore.performing import Performance, Waiting
from queuespec.explore.scenario import ENDS, Scenario
from queuespec.explore.schedule import GOES_ON, Hold, Schedule
from queuespec.stage import Settings, Stage, Supervisor
from queuespec.stage.exceptions import Failure, Raised

BATCH, BATCH_OF_FORKS = 12, 4
"""How many scenarios the same processes perform; each has a queue of its own, of semaphores and file descriptors. The
last one ends with its processes, which costs little where they are forked."""


class NotPlayed(Exception):
    """The scenario could not be performed with this implementation; the message is the reason, one sentence."""


class Runner:
    """Performs scenarios of one start method, one after another, on a stage of its own; used by one thread.

    Nothing is performed any more once it is `over`.
    """

    def __init__(
        self,
        settings: Settings,
        start_method: str,
        supervisor: Supervisor,
        over: Callable[[], bool] = lambda: False,
    ) -> None:
        self.settings = settings
        self.start_method = start_method
        self._supervisor = supervisor
        self._over = over
        self._stage: Stage | None = None
        self._batch = BATCH_OF_FORKS if start_method == "fork" else BATCH
        self.held: tuple[Hold, ...] = ()
        """The holds that were reached in the latest run."""
        self._still: set[Waiting] = set()
        self.not_played = 0
        """How many scenarios could not be performed."""
        self.stages = 0
        """How many main programs it has started."""

    def run(self, scenario: Scenario, schedule: Schedule | None = None) -> History:
        """The history of performing a scenario once, by processes of its own. Raises `NotPlayed`, `NotStarted` or
        `Unusable`."""
        with self._cast([scenario]) as cast:
            return self._performs(cast, 0, scenario, schedule or Schedule())[1]

    def lines(self, scenario: Scenario) -> list[Hold]:
        """Every line of the implementation that is visited, each as a hold there, in a run without holds."""
        with self._cast([scenario]) as cast:
            return self._performance(cast, 0, scenario).lines()

    def runs(self, planned: Iterable[tuple[Scenario, Schedule]]) -> Iterator[tuple[Scenario, Schedule, History]]:
        """The history of performing each scenario once; several are performed by the same processes where that is
        faster. What cannot be performed is left out, and counted in `not_played`."""
        source = iter(planned)
        shared: list[tuple[Scenario, Schedule]] = []
        alone: list[tuple[Scenario, Schedule]] = []
        one_by_one = 0
        while not self._over():
            for one in itertools.islice(source, self._batch - len(shared) - len(alone)):
                (shared if self._can_share(*one) else alone).append(one)
            if not shared and not alone:
                return
            last = alone[:1] if not shared or not any(scenario.starts_late for scenario, _ in alone[:1]) else []
            batch = [*shared, *last]  # what ends processes comes last
            if one_by_one:
                batch, one_by_one = batch[:1], one_by_one - 1
            done = 0
            try:
                with self._cast([scenario for scenario, _ in batch]) as cast:
                    for number, (scenario, schedule) in enumerate(batch):
                        done += 1
                        performance, history = self._performs(cast, number, scenario, schedule)
                        yield scenario, schedule, history
                        if not performance.whole:
                            break
            except NotPlayed:
                if not done and len(batch) > 1:  # it may be due to any of them
                    one_by_one = len(batch)
                    continue
                self.not_played += 1
                done = max(done, 1)
            del alone[: max(0, done - len(shared))], shared[:done]

    def rounds(self, scenarios: Iterable[Scenario], seed: int = 0) -> Iterator[tuple[Scenario, Schedule, History]]:
        """Performs each scenario once, all of its actors together, with a schedule of its own."""
        return self.runs((scenario, Schedule(seed + number)) for number, scenario in enumerate(scenarios))

    def _can_share(self, scenario: Scenario, schedule: Schedule) -> bool:
        """Whether the processes that perform this can perform others afterward."""
        dies = any(hold.then != GOES_ON for hold in schedule.holds) or schedule.faults
        ends = scenario.starts_late or any(one.call in ENDS for part in scenario.parts for one in part.operations)
        if schedule.holds and scenario.kind.startswith("Manager."):
            return False  # the first call of a process opens its connection to the manager
        return not dies and not ends

    def _performs(self, cast: Cast, number: int, scenario: Scenario, schedule: Schedule) -> tuple[Performance, History]:
        for fault in schedule.faults:
            if not fault.startswith(tuple(f"{one} " for one in POSSIBLE)):
                raise NotPlayed(f"this system has no way to inject the fault {fault!r}")
        performance = self._performance(cast, number, scenario)
        history = performance.history(schedule)
        self.held = tuple(performance.held)
        return performance, history

    def _performance(self, cast: Cast, number: int, scenario: Scenario) -> Performance:
        return Performance(cast, number, scenario, Path(self._supervisor.directory), self._still)

    @contextlib.contextmanager
    def _cast(self, scenarios: list[Scenario]) -> Iterator[Cast]:
        for one in scenarios:
            if one.start_method != self.start_method:
                raise ValueError(f"this runner starts processes by {self.start_method}, not by {one.start_method}")
        if self._over():
            raise NotPlayed("exploring is over")
        if self._stage is None:
            self._stage = Stage(self.settings, self.start_method, self._supervisor)
            self.stages += 1
        stage = self._stage
        whole = False
        try:
            stage.tells_pace()
            cast = Cast(stage, scenarios)
            yield cast
            cast.leaves()
            stage.tidy()
            whole = True
        except (Failure, Raised, OSError) as error:
            raise NotPlayed(str(error)) from error
        finally:
            if not whole or not stage.clean:
                self._stage = None
                stage.end()

    def close(self) -> None:
        """Ends the stage, if there is one."""
        if self._stage is not None:
            self._stage.leave()
            self._stage = None
