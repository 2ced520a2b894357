"""The actors of scenarios on a stage: the queues, the processes that hold them, and what each actor is at."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Sequence

from queuespec.explore import stillness
from queuespec.explore.history import Step
from queuespec.explore.records import read
from queuespec.explore.scenario import Part, Scenario
from queuespec.stage import Stage
from queuespec.stage.calls import Call, View
from queuespec.stage.exceptions import Crashes
from queuespec.stage.remote import RemoteActor
from queuespec.stage.timeline import Timeline

PARENT = "parent"


@dataclasses.dataclass
class Player:
    """An actor of a scenario at work."""

    part: Part
    view: View
    """The queue, as it holds it."""
    path: str
    """The file of its record."""
    call: Call | None = None
    """What it performs now."""
    next: int = 0
    """The number of its next operation."""

    @property
    def name(self) -> str:
        """The actor's name in the scenario."""
        return self.part.actor

    def steps(self) -> list[Step]:
        """What it has recorded so far."""
        return read(self.path, self.name, self.part.operations)

    @property
    def remote(self) -> RemoteActor:
        """The actor as the stage knows it."""
        return self.view.process

    @property
    def idle(self) -> bool:
        """Whether it performs nothing now."""
        return self.call is None or self.call.over or self.remote.gone

    @property
    def finished(self) -> bool:
        """Whether it has performed all of its operations, or can perform no more."""
        return self.idle and (self.next >= len(self.part.operations) or self.remote.gone)


class Cast:
    """The queues of some scenarios, which are performed one after another, and the children that hold them.

    A process takes longer to start than a scenario takes. So the same children perform all of them, and end with the
    last one; what a process does at its end for a queue, they do by `close` and `join_thread` before.
    """

    def __init__(self, stage: Stage, scenarios: Sequence[Scenario]) -> None:
        self.stage = stage
        self.size = len(scenarios)
        stage.records_in(Timeline())
        sizes = [(one.maxsize,) if one.maxsize else () for one in scenarios]
        self._queues = [stage.make_queue(one.kind, *size) for one, size in zip(scenarios, sizes)]
        for one, queue in zip(scenarios, self._queues):
            if one.kind.startswith("Manager."):
                queue.calls.qsize().finish()  # opens a connection of the parent, which stays
        self._children: list[tuple[View, ...]] = []
        self._count = max(len(children_of(one)) for one in scenarios)
        self.processes: list[int] = []
        """All that may move; empty if some of it is not known, such as the server that keeps the queues."""
        if not any(scenario.starts_late for scenario in scenarios):
            self.starts_children()

    @property
    def parent(self) -> View:
        """The queue of the only scenario, as the parent holds it."""
        return self._queues[0]

    def starts_children(self) -> None:
        """Starts the children, if it was not done before. Raises what the stage does if one does not start."""
        if self._children:
            return
        stage = self.stage
        children = stage.make_children(self._count, *self._queues)
        self._children = [(one,) if self.size == 1 else one for one in children]
        for actor in stage.actors.values():
            actor.end_is_expected = True
        settings, family = stage.settings, stillness.family(stage.tree.pid)
        elsewhere = settings.tidies or settings.environment or {one.pid for one in stage.actors.values()} - {*family}
        self.processes = [] if elsewhere else family

    def processes_of(self, number: int, scenario: Scenario) -> dict[str, View]:
        """The queue of a scenario as its processes hold it, by their names."""
        children = zip(children_of(scenario), self._children)
        return {PARENT: self._queues[number], **{name: child[number] for name, child in children}}

    def leaves(self) -> None:
        """Lets the children end that have not."""
        for actor in [view.process for view, *_ in self._children]:
            if not actor.gone and actor.busy is not None:
                self.stage.clean = False
            elif not actor.gone:
                with contextlib.suppress(Crashes):
                    actor.begins_to_leave()


def children_of(scenario: Scenario) -> list[str]:
    """The names of a scenario's processes, without the parent."""
    return [name for name in dict.fromkeys(part.process for part in scenario.parts) if name != PARENT]
