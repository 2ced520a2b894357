"""The processes of one subject in one round: a main program that makes the queues, a driver, and a partner.

All are new in each round, and start when they are first needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable

from queuespec.actors import carriage, measuring
from queuespec.stage import Call, Failure, Raised, Settings, Stage, SuiteError, Supervisor
from queuespec.stage.calls import View

PROBLEMS = (Failure, Raised, SuiteError, OSError)
"""What costs a figure: the queue failed, or could not be used."""

Through = tuple[str, str]
"""What items travel through: the queue, or one of the links; and, of a queue, its name on the bench."""

MAIN: Through = ("queue", "items")
LINK: Through = ("link", "")
RAW: Through = ("raw link", "")
OUT_OF_BAND: Through = ("out-of-band link", "")


class Bench:
    """The processes of one subject. `queues` are the kinds and sizes of further queues for items, by name."""

    def __init__(
        self,
        settings: Settings,
        start_method: str,
        supervisor: Supervisor,
        kind: str,
        queues: Mapping[str, tuple[str, int]],
    ) -> None:
        self.settings = settings
        self.kind = kind
        self._start_method = start_method
        self._supervisor = supervisor
        self._wanted = queues
        self._stage: Stage | None = None
        self._views: dict[str, View] = {}
        self._problems: dict[str, str] = {}
        self._pair: list[dict[str, View]] = []
        self._crowd: list[dict[str, View]] = []

    @property
    def stage(self) -> Stage:
        """The main program. Raises `NotStarted` and `Unusable`."""
        if self._stage is None:
            self._stage = Stage(self.settings, self._start_method, self._supervisor)
        return self._stage

    @property
    def parent(self) -> View:
        """What the main program has for its processes (`queuespec.actors.parent.Parent`)."""
        return View(self.stage.parent, "parent")

    def queue(self, name: str) -> View:
        """One of the queues, as the main program holds it."""
        self._make()
        if name in self._problems:
            raise SuiteError(self._problems[name])
        return self._views[name]

    def _make(self) -> None:
        """Makes all queues, and the pipes of the limits."""
        if self._views:
            return
        for name in ("orders", "items", "acks"):
            self._views[name] = self.stage.make_queue(self.kind)
        for name, (kind, maxsize) in self._wanted.items():
            try:
                self._views[name] = self.stage.make_queue(kind, *([maxsize] if maxsize else []))
            except PROBLEMS as problem:
                self._problems[name] = str(problem)
        if self.has_pipes:
            for name in ("link orders", "link items", "link acks"):
                self._views[name] = self.stage.hold(carriage.link)
            self._views["raw link items"] = self.stage.hold(carriage.raw_link)
            self._views["out-of-band link items"] = self.stage.hold(carriage.out_of_band_link)

    @property
    def has_pipes(self) -> bool:
        """Whether limits are measured here: beside the standard library's queues alone."""
        return self.settings.implementation == "multiprocessing"

    def new_process(self) -> dict[str, View]:
        """What a new child process holds, by name."""
        self._make()
        names, views = [*self._views], [*self._views.values()]
        found = self.stage.make_child(*views)
        return dict(zip(names, found))

    def pair(self) -> list[dict[str, View]]:
        """What driver and partner hold."""
        while len(self._pair) < 2:
            self._pair.append(self.new_process())
        return self._pair

    def _three(self, held: dict[str, View], through: Through) -> tuple[View, View, View]:
        path, items = through
        if path == "queue":
            if items in self._problems:
                raise SuiteError(self._problems[items])
            return held["orders"], held[items], held["acks"]
        return held["link orders"], held[f"{path} items"], held["link acks"]

    def crowd(self, number: int) -> list[dict[str, View]]:
        """What that many further processes hold."""
        while len(self._crowd) < number:
            self._crowd.append(self.new_process())
        return self._crowd[:number]

    def converse(self, role: Callable[..., Any], through: Through, *args: object) -> Any:
        """The driver plays this role, and its partner serves it; returns what the role does."""
        driver, partner = self.pair()
        serving = self.begins(measuring.serve, partner, through)
        found = self.plays(role, driver, through, *args)
        serving.result()
        return found

    def begins(self, role: Callable[..., Any], held: dict[str, View], through: Through, *args: object) -> Call:
        """A process begins to play a role with its queues for this path."""
        orders, items, acks = self._three(held, through)
        return orders.begins(role, items, acks, *args)

    def plays(self, role: Callable[..., Any], held: dict[str, View], through: Through, *args: object) -> Any:
        """A process plays a role with its queues for this path; returns what it does."""
        return self.begins(role, held, through, *args).result()

    def alone(self, role: Callable[..., Any], *args: object) -> Any:
        """The driver plays a role without a queue; returns what it does."""
        driver, _ = self.pair()
        return driver["orders"].process.plays(role, *args)

    def forget_calls(self) -> None:
        """Drops what the stage remembers of calls, of which there are many."""
        if self._stage is not None:
            self._stage.timeline.calls.clear()

    def leave(self) -> None:
        """Ends all processes as a program ends by itself, if they are idle."""
        if self._stage is not None:
            self._stage.tidy()
            self._stage.leave()

    def end(self) -> None:
        """Ends all processes now."""
        if self._stage is not None:
            self._stage.end()
