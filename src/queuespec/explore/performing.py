"""One run of a scenario: the actors on the stage, what they are asked to do, and the history that comes of it."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import os
import random
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Callable

from queuespec.explore import stillness
from queuespec.explore.cast import PARENT, Cast, Player
from queuespec.explore.evidence import WITH_TASKS
from queuespec.explore.faults import PREPARED, inject, split
from queuespec.explore.history import Ending, History, Step
from queuespec.explore.monitor import broken
from queuespec.explore.scenario import NONE, PUTS, START, Operation, Part, Scenario
from queuespec.explore.schedule import GOES_ON, Hold, Schedule
from queuespec.stage.calls import Call, View
from queuespec.stage.channel import Request
from queuespec.stage.exceptions import Crashes
from queuespec.stage.remote import RemoteActor

ROLES = "queuespec.actors.playing:"
HOLDING = "queuespec.actors.holding:"

LEAD = 0.001
"""How long before it begins an actor learns what it has to do, in seconds, for each actor."""

PAUSES = (0.0, 0.0, 0.0, 0.00005, 0.0002, 0.001)
"""What an actor may pause before an operation, in seconds."""

STAYS = 0.5
"""In what share of the runs without holds no process ends before all have performed what they have to: what a process
sends only at its end was on its way for too long, and the others must not have to wait for that."""

GLANCE, STEP = 0.002, 0.0002
"""How often it is checked whether anything moves, in seconds: while all are at work, and between two operations."""

SAMPLES = 10
"""How many times in a row all must be at rest: time alone says nothing if the judge itself stood still."""

AFTER_TIMEOUT = 0.05
"""How long after its timeout an operation may still be about to end, in seconds, on a fast machine."""

RESTLESS = 1.0
"""How long what an operation has set in motion may take until it is at rest, in seconds, on a fast machine: something
of the implementation may never be."""

POLLING = 5.0
"""How long what never moves again must have been at rest, in seconds, on a fast machine: a queue may look only now and
then whether something has changed."""

LEFT, SPOILED_LEFT = 5.0, 0.1
"""Timeouts for an item that has been put and must be there at the end, in seconds, on a fast machine: in general, and
if the queue may be corrupted, and the parent, as the system tells, has nothing left to do."""

Waiting = tuple[str, str]
"""A kind of queue, and a call that waits; empty for a process that ends."""

_numbers = itertools.count()
"""Of the files of records: each has a name of its own, since Windows does not remove one that somebody has open."""


class Performance:
    """One run of a scenario: that of this number in the cast."""

    def __init__(self, cast: Cast, number: int, scenario: Scenario, directory: Path, still: set[Waiting]) -> None:
        self._stage = cast.stage
        self._lasts = number + 1 < cast.size
        """Whether the children have another scenario to perform after this one."""
        self._scenario = scenario
        self._schedule = Schedule()
        self._mains: dict[str, View] = {}
        self._processes: list[int] = []
        self._cast, self._number = cast, number
        self._directory = directory
        self._still = still
        """What has been at rest for `POLLING` seconds: it does not poll, and is believed sooner from then on."""
        self._endings: dict[str, Ending] = {}
        self._leaving: dict[str, int] = {}
        """When processes were asked to end, in nanoseconds."""
        self._releasing: dict[str, Call | None] = {}
        """What processes do that stay, in place of their end."""
        self._prepared: list[RemoteActor] = []
        self._pending: list[tuple[Hold, RemoteActor]] = []
        """The holds that have not been released."""
        self._holders: list[RemoteActor] = []
        """What held threads are to become."""
        self.held: list[Hold] = []
        """The holds that have been reached."""
        self._players: list[Player] = []
        self._records: list[Path] = []
        self.whole = True
        """Whether the cast can perform another scenario."""

    def _begin(self) -> None:
        self._comes_to_the_start()
        self._cast.starts_children()
        self._mains = self._cast.processes_of(self._number, self._scenario)
        self._processes = self._cast.processes
        early = {player.name: player for player in self._players}
        self._players = []
        for part in self._scenario.parts:
            view = self._mains[part.process]
            if part.actor != part.process:
                view = self._stage.make_thread(view, process=view.process)
                view.process.end_is_expected = True
            self._players.append(early.get(part.actor) or Player(part, view, self._new_record()))

    def _comes_to_the_start(self) -> None:
        """Has the parent perform what comes before the start of its children. Raises `TimeoutError` if that does not
        end."""
        for part in self._scenario.parts:
            calls = [one.call for one in part.operations]
            if part.actor == PARENT and START in calls:
                player = Player(part, self._cast.parent, self._new_record())
                self._players.append(player)
                self._processes = stillness.family(self._stage.tree.pid)
                self._performs(player, calls.index(START))
                if not self._waits(lambda player=player: player.idle):  # type: ignore[misc]
                    raise TimeoutError("the parent did not come to the start of its children")
                self._settles()

    def _new_record(self) -> str:
        """The path of a new file. An actor that comes too late, after the file was removed, does not make it again."""
        path = self._directory / f"record-{next(_numbers)}"
        path.touch()
        self._records.append(path)
        return str(path)

    def _process_named(self, actor: str) -> RemoteActor:
        """The main thread of the process of an actor of the scenario."""
        return self._mains[_process_of(actor)].process

    def _asks(self, actor: RemoteActor, function: str, *args: object, of: str = ROLES) -> Call | None:
        """Has an actor begin to perform a function; None if it is gone."""
        try:
            return self._stage.begin(actor, function, Request(of + function, args), noted=False)
        except Crashes:
            return None

    # All together

    def history(self, schedule: Schedule) -> History:
        """Performs the scenario as the schedule says."""
        self._schedule = schedule
        try:
            self._begin()
            for fault, actor in map(split, schedule.faults):
                if fault in PREPARED:
                    self._finishes(self._process_named(actor), PREPARED[fault])
            if schedule.holds:
                self._performs_with_holds(schedule)
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
        inject(self._stage, schedule.faults, self._process_named, chance)
        stays = chance.random() < STAYS
        if not stays or self._waits(lambda: self._is_done, forever=True) or not self._is_accused():
            self._goes_on()

    def _goes_on(self) -> None:
        """Waits until all have performed what they have to, or nothing moves; processes end meanwhile."""

        def somebody_is_done() -> bool:
            return self._is_done or any(self._can_leave())

        while self._waits(somebody_is_done, forever=True):
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
        if self._lasts:
            self._leaving[process] = time.monotonic_ns()
            view = self._mains[process]
            self._releasing[process] = self._asks(view.process, "release", view)
            return
        how = "return"
        for player in self._players:
            if player.part.process == process and player.remote is not self._mains[process].process:
                self._lets_go(player.remote)
                player.remote.gone = True
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
                self._prepared.append(view.process)
                self._finishes(view.process, "prepare", view, tuple(self._stage.address), mine, keeps, of=HOLDING)

    def _performs_with_holds(self, schedule: Schedule) -> None:
        pending = self._pending = [(hold, self._stage.expected("held")) for hold in schedule.holds]
        self._holders = [actor for _, actor in pending]
        for actor in self._holders:
            actor.end_is_expected = True
        players = {player.name: player for player in self._players}
        self._prepares([(hold, actor.name) for hold, actor in pending])
        for hold, actor in pending:
            self._runs(players[hold.actor], lambda actor=actor: actor.ready)  # type: ignore[misc]
        inject(self._stage, schedule.faults, self._process_named, random.Random(schedule.seed))
        while True:
            self._runs_all()
            if self._releases_the_first():
                self._settles()
            elif self._is_done or not self._waits(self._can_go_on, forever=True):
                break
        if self._is_done or not self._is_accused():
            self._goes_on()

    def _can_go_on(self) -> bool:
        """Whether all are done, or somebody can perform the next operation."""
        return self._is_done or any(player.idle and not player.finished for player in self._players)

    def _releases_the_first(self) -> bool:
        """Lets the first of the threads that are held go on; returns whether there was one."""
        for hold, actor in self._pending:
            if actor.ready and not actor.gone:
                self.held.append(hold)
                self._releases(actor, hold.then)
                self._pending.remove((hold, actor))
                return True
        return False

    def _releases(self, actor: RemoteActor, then: str) -> None:
        if then != GOES_ON and actor.pid == self._stage.parent.pid:
            self._stage.clean = False  # it may have been about to receive the answer of a server
        with contextlib.suppress(Crashes):
            if then in ("exit", "kill"):
                self._asks(actor, "ends", then)
            else:
                actor.begins_to_leave("raise" if then == "raise" else "return")

    def _runs_all(self, leaving: bool = True) -> None:
        """Lets each actor perform its operations, one after another, until all have ended or wait for something; and
        with `leaving`, lets processes end that have nothing left to do, unless somebody waits."""
        moved = True
        while moved:
            moved = False
            for player in self._players:
                moved |= self._runs(player)
            idle = all(player.idle for player in self._players)
            for process in [*self._can_leave()] if leaving and idle else ():
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
        """The lines that the operations visit, performed one after another; without those of processes that wait."""
        try:
            self._begin()
            self._prepares((), keeps=True)
            self._runs_all(leaving=False)
            found: list[tuple[Any, ...]] = []
            for view in {id(view.process): view for view in self._mains.values()}.values():
                call = self._finishes(view.process, "visited", of=HOLDING) if view.process.busy is None else None
                found += [] if call is None or not call.returned else call.value
            self._goes_on()
            self._end()
            return [dataclasses.replace(Hold(*where), text=text) for *where, text in found]
        finally:
            self._removes()

    # Waiting

    def _waits(self, condition: Callable[[], bool], forever: bool = False) -> bool:
        """Waits until the condition holds, or nothing moves, or with `forever`, nothing will ever move again; returns
        whether it holds.

        Where the system does not tell what moves, and for what keeps moving, it waits with patience for a sign of life.
        """
        stage, settings = self._stage, self._stage.settings
        timeouts = [one.timeout or 0.0 for part in self._scenario.parts for one in part.operations]
        before, signs, samples, seconds = None, -1, 0, 10 * GLANCE
        accused: bool | None = None
        while not stage.pump_until(condition, seconds, GLANCE):
            seconds, begun = GLANCE, time.monotonic()
            if forever:  # what seemed to wait may reach the line of a hold all the same
                self._releases_the_first()
            now, written = stillness.sample(self._processes), self._written()
            if written != signs:
                signs, sign = written, begun
            if begun - sign > settings.calling + max(timeouts, default=0.0):
                break
            if stillness.at_rest(before, now):
                samples += 1
            else:
                before, samples, still, accused = now, 0, begun, None
            if samples < SAMPLES or begun - still <= settings.watching or self._is_about_to_move():
                continue
            waiting = self._waiting()
            if forever and not waiting <= self._still and begun - still <= settings.stretched(POLLING):
                accused = self._is_accused() if accused is None else accused
                if accused:
                    continue
                break
            self._still |= waiting if forever else set()
            break
        return stage.pump_until(condition, 0.0)

    def _is_accused(self) -> bool:
        """Whether something would be wrong if nothing moved from now on; if not, it need not be made sure of."""
        endings = sorted(self._endings.values(), key=lambda ending: ending.end)
        return broken(History(self._scenario, tuple(self._steps()), tuple(endings)), self._schedule) is not None

    def _steps(self) -> list[Step]:
        """What all actors have recorded so far, in the order of the beginnings."""
        return sorted((step for player in self._players for step in player.steps()), key=lambda step: step.begin)

    def _waiting(self) -> set[Waiting]:
        calls = {player.steps()[-1].operation.call for player in self._players if not player.idle}
        return {(self._scenario.kind, call) for call in calls or {""}}

    def _settles(self) -> bool:
        """Waits until each thread waits for something; returns whether each is known to wait.

        Where the system does not tell, it waits for as long as the judge checks that nothing happens.
        """
        stage, settings = self._stage, self._stage.settings
        before = now = stillness.sample(self._processes)
        deadline = time.monotonic() + (settings.watching if now is None else settings.stretched(RESTLESS))
        while True:
            now = stillness.sample(self._processes)
            rests = stillness.at_rest(before, now)
            before = now
            if stage.pump(0.0):
                continue
            if time.monotonic() > deadline or (rests and not self._is_about_to_move()):
                return rests
            time.sleep(STEP)

    def _is_about_to_move(self) -> bool:
        """Whether an actor is between two operations, or at one that will end because of its timeout."""
        now, late = time.monotonic_ns(), int(self._stage.settings.stretched(AFTER_TIMEOUT) * 1e9)
        for player in self._players:
            if not player.idle:
                last = player.steps()[-1:]
                if not last or last[0].end is not None:
                    return True
                timeout = last[0].operation.timeout
                if timeout is not None and last[0].begin + int(timeout * 1e9) + late > now:
                    return True
        return False

    def _written(self) -> int:
        return sum(os.path.getsize(one.path) for one in self._players if os.path.exists(one.path))

    # The end

    def _end(self) -> History:
        stage = self._stage
        steps = self._steps()
        given_up = not self._is_done
        if stage.parent.busy is not None:
            stage.interrupts_the_parent()
        if stage.parent.busy is None:
            left = [process for process in self._mains if process != PARENT and not self._sees_the_end(process, steps)]
            if not left and not given_up:
                steps += self._takes_the_rest(steps)
            for process in left:
                self._kills(process)
                self.whole = False
        else:
            stage.clean = False
        self._tidies()
        endings = sorted(self._endings.values(), key=lambda ending: ending.end)
        return History(self._scenario, tuple(steps), tuple(endings))

    def _sees_the_end(self, process: str, steps: list[Step]) -> bool:
        """Waits until a process has ended that was asked to, or that has gone; returns whether it has."""
        stage, actor = self._stage, self._mains[process].process
        if process not in self._leaving and not actor.gone:
            return False
        code: int | None = 0
        if self._lasts and not actor.gone:
            releasing = self._releasing[process]
            if releasing is None or not self._waits(lambda: releasing.over or actor.gone, forever=True):
                return False
            if not releasing.over:
                return False
        else:
            self.whole = False
            told = actor.pid in self._processes and actor.pid != stage.parent.pid

            def has_ended() -> bool:
                if told:
                    return not stillness.runs(actor.pid)
                return stage.exit_code(actor, GLANCE) is not None or stage.parent.gone or actor.has_ended()

            if not self._waits(has_ended, forever=True):
                return False
            code = stage.exit_code(actor, stage.settings.calling)
        last = [step.end or step.begin for step in steps if _process_of(step.actor) == process]
        begin = self._leaving.get(process, max(last, default=0))
        self._endings[process] = Ending(process, begin, time.monotonic_ns(), code)
        return True

    def _takes_the_rest(self, steps: list[Step]) -> list[Step]:
        """What the parent does to get what is left."""
        ended = {PARENT, *(one.process for one in self._endings.values() if one.exit_code in (0, 1, None))}
        closings = [(step.operation.call, _process_of(step.actor)) for step in steps]
        if ("close", PARENT) in closings:
            return []
        put = [step for step in steps if step.operation.call in PUTS and step.outcome == "returned"]
        got = (step for step in steps if step.operation.call.startswith("get") and step.outcome == "returned")
        gone = {NONE if step.value is None else step.value for step in got}
        flushed = {process for process in ended if ("cancel_join_thread", process) not in closings}
        sure = [
            step.operation.item
            for step in put
            if _process_of(step.actor) in flushed and not step.operation.bad and step.operation.item not in gone
        ]
        violent = len(ended) <= len(self._endings) or any(hold.then != GOES_ON for hold in self.held)
        left = SPOILED_LEFT if self._settles() and violent else LEFT
        seconds = self._stage.settings.stretched(left)
        parent = Player(Part(PARENT, ()), self._mains[PARENT], self._new_record())
        self._players.append(parent)
        tasks = len(put) + 1 if self._scenario.kind in WITH_TASKS and not violent else 0
        arguments = (parent.view, parent.path, sure, seconds, len(put), tasks)
        parent.call = self._asks(parent.remote, "take_the_rest", *arguments)
        if not self._waits(lambda: parent.idle, forever=True):
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

    def _tidies(self) -> None:
        """Leaves the actors as they were before, if they are to perform another scenario."""
        for holder in self._holders:
            holder.disconnect()
            del self._stage.actors[holder.name]
        for player in self._players:
            if player.remote is not self._mains[player.part.process].process and not player.remote.gone:
                self._lets_go(player.remote)
        for actor in self._prepared:
            if not actor.gone and actor.busy is None:
                self._finishes(actor, "forget", of=HOLDING)
        if self._lasts and self.whole and self._stage.clean:
            self._finishes(self._stage.parent, "release", self._mains[PARENT])
        self.whole &= self._stage.clean and all(
            view.process.busy is None and not view.process.gone for view in self._mains.values()
        )

    def _lets_go(self, thread: RemoteActor) -> None:
        """Ends the actor of a thread."""
        if thread.gone:
            return
        if thread.busy is not None:
            self._stage.clean &= thread.pid != self._stage.parent.pid
        else:
            with contextlib.suppress(Crashes):
                thread.begins_to_leave()

    def _removes(self) -> None:
        for path in self._records:
            with contextlib.suppress(OSError):
                path.unlink()


def _process_of(actor: str) -> str:
    return Part(actor, ()).process


def _plain(operation: Operation) -> tuple[str, str, float | None, int, bool]:
    return operation.call, operation.item, operation.timeout, operation.size, operation.bad
