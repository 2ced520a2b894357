"""The noun by which a rule performs a scenario as exploring does, and lets the model of the documentation judge it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Callable

import pytest

from queuespec.explore.counterexample import Counterexample
from queuespec.explore.monitor import broken
from queuespec.explore.running import NotPlayed, Runner
from queuespec.explore.scenario import Operation, Part, Scenario
from queuespec.explore.schedule import Held, Hold, Schedule
from queuespec.judge.nouns import STAGES
from queuespec.judge.planned import ASSIGNMENT
from queuespec.judge.verdicts import FINDING
from queuespec.report.counterexample import rows
from queuespec.stage import Deviates, Failure, NotApplicable


@pytest.fixture
def perform(request: pytest.FixtureRequest, start_method: str, kind: str) -> Iterator[Callable[..., None]]:
    """Performs a scenario: ``perform({"parent": [Operation("put", "p-1")]}, maxsize=1, held=[Held(...)], times=1)``.

    Several are performed with other pauses. If the model does not allow the history, the rule deviates.
    """
    settings = request.config.stash[ASSIGNMENT].settings_for(request.path.parent)
    timeline = request.node.stash[FINDING].timeline
    runner = Runner(settings, start_method, request.config.stash[STAGES].supervisor)

    def perform(
        parts: Mapping[str, Sequence[Operation]],
        maxsize: int = 0,
        held: Iterable[Held] = (),
        faults: Iterable[str] = (),
        times: int = 1,
    ) -> None:
        __tracebackhide__ = True
        of_actors = tuple(Part(actor, tuple(operations)) for actor, operations in parts.items())
        scenario = Scenario(kind, start_method, of_actors, maxsize)
        try:
            holds = _found(runner, scenario, [*held])
            for seed in range(times):
                schedule = Schedule(seed, holds, tuple(faults))
                history = runner.run(scenario, schedule)
                what = broken(history, schedule)
                if what is not None:
                    timeline.performed += rows(Counterexample(what, schedule, history, 0, 0))
                    raise Deviates(what.sentence)
        except NotPlayed as error:
            raise error.__cause__ if isinstance(error.__cause__, Failure) else NotApplicable(str(error)) from None

    yield perform
    runner.close()


def _found(runner: Runner, scenario: Scenario, held: Sequence[Held]) -> tuple[Hold, ...]:
    """The lines at which to hold. Raises `NotApplicable` if the implementation does not have one."""
    lines = runner.lines(scenario) if held else []
    found = []
    for one in held:
        hold = one.among(lines)
        if hold is None:
            raise NotApplicable(f"{one.function}() of this queue does not come to a line {one.text!r}")
        found.append(hold)
    return tuple(found)
