"""One run of a scenario: the actors on the stage, what they are asked to do, and the history that comes of it."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import random
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Callable

from queuespec.explore import stillness
from queuespec.explore.history import Ending, History, Step
from queuespec.explore.records import read
from queuespec.explore.scenario import PUTS, Operation, Part, Scenario
from queuespec.explore.schedule import Hold, Schedule
from queuespec.stage import Stage
from queuespec.stage.calls import Call, View
from queuespec.stage.channel import Request
from queuespec.stage.exceptions import Crashes
from queuespec.stage.remote import RemoteActor

PARENT = "parent"
ROLES = "queuespec.actors.playing:"
HOLDING = "queuespec.actors.holding:"

LEAD = 0.001
"""How long before it begins an actor learns what it has to do, in seconds, for each actor."""

PAUSES = (0.0, 0.0, 0.0, 0.00005, 0.0002, 0.001)
"""What an actor may pause before an operation, in seconds."""

GLANCE, STEP = 0.002, 0.0002
"""How often it is checked whether anything moves, in seconds: while all are at work, and between two operations."""

AFTER_TIMEOUT = 0.05
"""How long after its timeout an operation may still be about to end, in seconds, on a fast machine."""

LEFT, LONGEST_LEFT = 0.1, 1.0
"""Timeouts for an item that has been put and must be there at the end, in seconds, on a fast machine: if the parent, as
the system tells, has nothing left to do, and if that is not known."""


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


class Performance:
    """One run of a scenario on a stage."""

    def __init__(self, stage: Stage, scenario: Scenario, directory: Path) -> None:
        self._stage = stage
        self._scenario = scenario
        self._directory = directory
        self._endings: dict[str, Ending] = {}
        self._leaving: dict[str, int] = {}
        """When processes were asked to end, in nanoseconds."""
        self.held: list[Hold] = []
        """The holds that have been reached."""
        self._players: list[Player] = []
        self._processes: list[int] = []
        """All that may move."""

    # Beginning

    def _begin(self) -> None:
        stage, scenario = self._stage, self._scenario
        size = (scenario.maxsize,) if scenario.maxsize else ()
        queue = stage.make_queue(scenario.kind, *size)
        mains: dict[str, View] = {}
        for process in dict.fromkeys(part.process for part in scenario.parts):
            view = queue if process == "parent" else stage.make_child(queue)
            view.process.end_is_expected = True
            mains[process] = view
        mains.setdefault("parent", queue)
        self._mains = mains
        for number, part in enumerate(scenario.parts):
            view = mains[part.process]
            if part.actor != part.process:
                view = stage.make_thread(queue, process=view.process)
                view.process.end_is_expected = True
            self._players.append(Player(part, view, str(self._directory / f"record-{number}")))
        self._processes = stillness.family(stage.tree.pid)

    def _asks(self, actor: RemoteActor, function: str, *args: object, of: str = ROLES) -> Call | None:
        """Has an actor begin to perform a function; None if it is gone."""
        try:
            return self._stage.begin(actor, function, Request(of + function, args), noted=False)
        except Crashes:
            return None

    # All together

    def history(self, schedule: Schedule) -> History:
        """Performs the scenario as the schedule says."""
        self._begin()
        try:
            if schedule.holds:
                self._performs_with_holds(schedule.holds)
            else:
                self._performs_together(schedule)
            return self._end()
        finally:
            self._removes()

    def _performs_together(self, schedule: Schedule) -> None:
        chance = random.Random(schedule.seed)
        lead = self._stage.settings.stretched(LEAD) * len(self._players)
        moment = time.monotonic_ns() + int(lead * 1e9)
        for player in self._players:
            pauses = tuple(chance.choice(PAUSES) for _ in player.part.operations)
            self._performs(player, len(player.part.operations), moment, pauses)
        self._goes_on()

    def _goes_on(self) -> None:
        """Waits until all have performed what they have to, or nothing moves any more; processes end meanwhile."""

        def somebody_is_done() -> bool:
            return self._is_done or any(self._can_leave())

        while self._waits(somebody_is_done):
            leaving = [*self._can_leave()]
            if not leaving:
                return
            for process in leaving:
                self._leave(process)

    def _performs(self, player: Player, count: int, moment: int = 0, pauses: tuple[float, ...] = ()) -> None:
        """Has an actor perform its next operations."""
        plain = [_plain(one) for one in player.part.operations[player.next : player.next + count]]
        arguments = (player.view, player.path, player.name, plain, player.next, moment, pauses)
        player.call = self._asks(player.remote, "play", *arguments)
        player.next += count

    @property
    def _is_done(self) -> bool:
        return all(one.finished for one in self._players)

    def _can_leave(self) -> Iterator[str]:
        """The processes that have nothing left to do, and have not been asked to end."""
        for process, view in self._mains.items():
            if process != PARENT and process not in self._leaving and not view.process.gone:
                if all(one.finished for one in self._players if one.part.process == process):
                    yield process

    def _leave(self, process: str) -> None:
        how = "return"
        for player in self._players:
            if player.part.process == process and player.remote is not self._mains[process].process:
                with contextlib.suppress(Crashes):
                    player.remote.begins_to_leave()
            elif player.part.process == process and player.part.operations[-1:] == (Operation("raise"),):
                how = "raise"
        self._leaving[process] = time.monotonic_ns()
        with contextlib.suppress(Crashes):
            self._mains[process].process.begins_to_leave(how)

    # One after another

    def _prepares(self, holds: Iterable[tuple[Hold, str]], keeps: bool = False) -> None:
        for view in self._mains.values():
            mine = [
                (hold.actor, hold.operation, hold.file, hold.function, hold.line, hold.visit, hold.thread, name)
                for hold, name in holds
                if self._mains[_process_of(hold.actor)].process is view.process
            ]
            if mine or keeps:
                self._finishes(view.process, "prepare", view, tuple(self._stage.address), mine, keeps, of=HOLDING)

    def _performs_with_holds(self, holds: tuple[Hold, ...]) -> None:
        pending = [(hold, self._stage.expected("held")) for hold in holds]
        for _, actor in pending:
            actor.end_is_expected = True
        players = {player.name: player for player in self._players}
        self._prepares([(hold, actor.name) for hold, actor in pending])
        for hold, actor in pending:
            self._runs(players[hold.actor], lambda actor=actor: actor.ready)  # type: ignore[misc]
        while True:
            self._runs_all()
            held = [(hold, actor) for hold, actor in pending if actor.ready and not actor.gone]
            if not held:
                break
            hold, actor = held[0]
            self.held.append(hold)
            self._releases(actor, hold.then)
            pending.remove((hold, actor))
            self._settles()
        self._goes_on()
        for _, actor in pending:
            del self._stage.actors[actor.name]

    def _releases(self, actor: RemoteActor, then: str) -> None:
        with contextlib.suppress(Crashes):
            if then in ("exit", "kill"):
                self._asks(actor, "ends", then)
            else:
                actor.begins_to_leave("raise" if then == "raise" else "return")

    def _runs_all(self) -> None:
        """Lets each actor perform its operations, one after another, until all have ended or wait for something."""
        moved = True
        while moved:
            moved = False
            for player in self._players:
                moved |= self._runs(player)
            for process in [*self._can_leave()]:
                self._leave(process)
                self._settles()
                moved = True

    def _runs(self, player: Player, until: Callable[[], bool] = bool) -> bool:
        """Lets an actor perform its operations until it waits for something; returns whether it has performed any."""
        first = player.next
        while player.idle and not player.finished and not until():
            self._performs(player, 1)
            self._settles()
        return player.next > first

    def lines(self) -> list[Hold]:
        """The lines that the operations visit, performed one after another."""
        self._begin()
        try:
            self._prepares((), keeps=True)
            for player in self._players:
                self._runs(player)
            found: list[tuple[Any, ...]] = []
            for view in {id(view.process): view for view in self._mains.values()}.values():
                call = self._finishes(view.process, "visited", of=HOLDING)
                found += [] if call is None or not call.returned else call.value
            self._goes_on()
            self._end()
            return [Hold(*one) for one in found]
        finally:
            self._removes()

    # Waiting

    def _waits(self, condition: Callable[[], bool]) -> bool:
        """Waits until the condition holds, or nothing moves any more; returns whether it holds.

        Where the system does not tell what moves, and for what keeps moving, it waits with patience for a sign of life.
        """
        stage, settings = self._stage, self._stage.settings
        before, signs, still = None, -1, None
        glance = 10 * GLANCE
        while not stage.pump_until(condition, glance):
            glance = GLANCE
            begun = time.monotonic()
            now, written = stillness.sample(self._processes), self._written()
            if written != signs:
                signs, since = written, begun
            if not stillness.at_rest(before, now):
                before, still = now, None
            elif still is None:
                still = begun
            if not self._times_out_after(time.monotonic_ns()):
                if still is not None and begun - still > settings.watching:
                    break
                if begun - since > settings.calling:
                    break
        return stage.pump_until(condition, 0.0)

    def _settles(self) -> bool:
        """Waits until each thread waits for something, but no longer than the judge watches that nothing happens;
        returns whether each is known to wait."""
        stage, before = self._stage, None
        deadline = time.monotonic() + stage.settings.watching
        while True:
            now = stillness.sample(self._processes)
            rests = stillness.at_rest(before, now)
            before = now
            if stage.pump(0.0):
                continue
            if (rests or time.monotonic() > deadline) and not self._times_out_after(time.monotonic_ns()):
                return rests
            time.sleep(STEP)

    def _times_out_after(self, moment: int) -> bool:
        """Whether an operation with a timeout is still to end because of it."""
        late = int(self._stage.settings.stretched(AFTER_TIMEOUT) * 1e9)
        return any(
            step.end is None
            and step.operation.timeout is not None
            and step.begin + int(step.operation.timeout * 1e9) + late > moment
            for player in self._players
            if not player.idle
            for step in player.steps()[-1:]
        )

    def _written(self) -> int:
        return sum(os.path.getsize(one.path) for one in self._players if os.path.exists(one.path))

    # The end

    def _end(self) -> History:
        stage = self._stage
        steps = [step for player in self._players for step in player.steps()]
        steps.sort(key=lambda step: step.begin)
        given_up = not self._is_done
        if stage.parent.busy is not None:
            clean = stage.clean and not self._scenario.kind.startswith("Manager.")  # a proxy has lost its answer
            if stage.interrupts_the_parent():
                stage.clean = clean
        if stage.parent.busy is None:
            self._finishes(stage.parent, "forget", of=HOLDING)
            left = [process for process in self._mains if process != PARENT and not self._sees_the_end(process, steps)]
            if not left and not given_up:
                steps += self._takes_the_rest(steps)
            for process in left:
                self._kills(process)
        else:
            stage.clean = False
        endings = sorted(self._endings.values(), key=lambda ending: ending.end)
        return History(self._scenario, tuple(steps), tuple(endings))

    def _sees_the_end(self, process: str, steps: list[Step]) -> bool:
        """Waits until a process has ended that was asked to, or that has gone; returns whether it has."""
        stage, actor = self._stage, self._mains[process].process
        if process not in self._leaving and not actor.gone:
            return False
        told = actor.pid in self._processes and actor.pid != stage.parent.pid

        def has_ended() -> bool:
            if told:
                return not stillness.runs(actor.pid)
            return stage.exit_code(actor, GLANCE) is not None or actor.has_ended()

        if not self._waits(has_ended):
            return False
        code = stage.exit_code(actor, stage.settings.calling)
        last = [step.end or step.begin for step in steps if _process_of(step.actor) == process]
        begin = self._leaving.get(process, max(last, default=0))
        self._endings[process] = Ending(process, begin, time.monotonic_ns(), code)
        return True

    def _takes_the_rest(self, steps: list[Step]) -> list[Step]:
        """What the parent does to get what is left."""
        ended = {PARENT, *(one.process for one in self._endings.values() if one.exit_code in (0, 1, None))}
        if any(step.operation.call == "close" and _process_of(step.actor) == PARENT for step in steps):
            return []
        put = [step for step in steps if step.operation.call in PUTS and step.outcome == "returned"]
        got = {step.value for step in steps if step.operation.call.startswith("get")}
        sure = [one.operation.item for one in put if _process_of(one.actor) in ended and one.operation.item not in got]
        seconds = self._stage.settings.stretched(LEFT if self._settles() else LONGEST_LEFT)
        parent = Player(Part(PARENT, ()), self._mains[PARENT], str(self._directory / "record-rest"))
        self._players.append(parent)
        arguments = (parent.view, parent.path, sure, seconds, len(put))
        parent.call = self._asks(parent.remote, "take_the_rest", *arguments)
        if not self._waits(lambda: parent.idle):
            self._stage.clean = False
        return parent.steps()

    def _kills(self, process: str) -> None:
        """Ends a process that has not ended by itself."""
        stage, actor = self._stage, self._mains[process].process
        killing = stage.parent_begins("kill", actor.name)
        if not stage.pump_until(lambda: killing.over, stage.settings.calling) or killing.error is not None:
            stage.clean = False
        actor.gone = True

    def _finishes(self, actor: RemoteActor, function: str, *args: object, of: str = ROLES) -> Call | None:
        """Has an actor perform a function, and waits for its end; None if it is gone."""
        call = self._asks(actor, function, *args, of=of)
        if call is not None and not self._waits(lambda: call.over or actor.gone):
            self._stage.clean = False
        return call

    def _removes(self) -> None:
        for player in self._players:
            with contextlib.suppress(OSError):
                os.unlink(player.path)


def _process_of(actor: str) -> str:
    return Part(actor, ()).process


def _plain(operation: Operation) -> tuple[str, str, float | None, int, bool]:
    return operation.call, operation.item, operation.timeout, operation.size, operation.bad
