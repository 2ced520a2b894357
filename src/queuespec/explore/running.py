"""Performs scenarios on the real queue, and has the history of each."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from queuespec.explore.history import History
from queuespec.explore.performing import Performance
from queuespec.explore.scenario import Scenario
from queuespec.explore.schedule import Hold, Schedule
from queuespec.stage import Settings, Stage, Supervisor
from queuespec.stage.exceptions import Failure, Raised


class NotPlayed(Exception):
    """The scenario could not be performed with this implementation; the message is the reason, one sentence."""


class Runner:
    """Performs scenarios of one start method, one after another, on a stage of its own; used by one thread."""

    def __init__(self, settings: Settings, start_method: str, supervisor: Supervisor) -> None:
        self.settings = settings
        self.start_method = start_method
        self._supervisor = supervisor
        self._stage: Stage | None = None
        self.stages = 0
        """How many main programs it has started."""

    def run(self, scenario: Scenario, schedule: Schedule | None = None) -> History:
        """What came of performing a scenario once. Raises `NotPlayed`, `NotStarted` or `Unusable`."""
        with self._performance(scenario) as performance:
            return performance.history(schedule or Schedule())

    def lines(self, scenario: Scenario) -> list[Hold]:
        """Every line of the implementation that is visited, each as a hold there, in a run without holds."""
        with self._performance(scenario) as performance:
            return performance.lines()

    def rounds(self, scenarios: Iterable[Scenario], seed: int = 0) -> Iterator[tuple[Scenario, Schedule, History]]:
        """Performs each scenario once, all of its actors together, with a schedule of its own."""
        for number, scenario in enumerate(scenarios):
            schedule = Schedule(seed + number)
            with contextlib.suppress(NotPlayed):
                yield scenario, schedule, self.run(scenario, schedule)

    @contextlib.contextmanager
    def _performance(self, scenario: Scenario) -> Iterator[Performance]:
        if scenario.start_method != self.start_method:
            raise ValueError(f"this runner starts processes by {self.start_method}, not by {scenario.start_method}")
        if self._stage is None:
            self._stage = Stage(self.settings, self.start_method, self._supervisor)
            self.stages += 1
        stage = self._stage
        whole = False
        try:
            stage.tells_pace()
            yield Performance(stage, scenario, Path(self._supervisor.directory))
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
