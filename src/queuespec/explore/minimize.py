"""Minimizing: what was found, with everything taken away that it does not need.

Greedy: whatever can be left out, and the history is still broken in the same way, is left out, until nothing can be.
What a smaller scenario means is decided by the monitor alone: a get() that waits for a put() that was left out breaks
nothing, or something else.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from typing import Callable, NamedTuple, Optional

from queuespec.explore.counterexample import Broken, Counterexample
from queuespec.explore.history import History
from queuespec.explore.scenario import GETS, Operation, Part, Scenario
from queuespec.explore.schedule import GOES_ON, Hold, Schedule

FIRST, FURTHER = 3, 10
"""How many further runs tell whether a counterexample always shows, and how often one shows that does not."""
SURE = 0.05
"""How likely it may be that a smaller scenario is taken for one that shows nothing."""
MOST_TRIES = 30
"""Maximum number of runs for a smaller scenario."""

Run = Callable[[Scenario, Schedule], Optional[History]]
"""Runs a scenario once; None if it cannot be run."""
Judge = Callable[[History, Schedule], Optional[Broken]]
"""What a history breaks; None if the model allows it."""
Enough = Callable[[], bool]


class Trial(NamedTuple):
    """A scenario, and how it is run."""

    scenario: Scenario
    schedule: Schedule


def minimized(
    found: History,
    broken: Broken,
    schedule: Schedule,
    run: Run,
    judge: Judge,
    enough: Enough,
    stopped: Enough = lambda: False,
) -> tuple[Counterexample, bool]:
    """A counterexample as small as it gets before there is `enough`, with how often that one shows in further runs, of
    which there are no more than one once it has `stopped`; and whether it is as small as it gets.

    If no further run shows what was found, it stays as it is.
    """
    best = _repeated(Counterexample(broken, schedule, found, 0, 0), FIRST, run, judge, stopped)
    if best.shown < best.tried:
        best = _repeated(best, FURTHER, run, judge, stopped)
    if not best.shown:
        return best, not stopped()
    tries, refused = 1, set[Trial]()
    if best.shown < best.tried:
        tries = min(MOST_TRIES, math.ceil(math.log(SURE) / math.log(1 - best.shown / best.tried)))
    smaller: Counterexample | None = best
    while smaller is not None:
        best, smaller = smaller, None
        for trial in smaller_than(Trial(best.history.scenario, best.schedule)):
            if enough():
                break
            if trial not in refused:
                smaller = _shown(trial, best.broken.cause, run, judge, tries, enough)
            if smaller is not None:
                break
            refused.add(trial)
    minimal = not enough()
    return _repeated(best, FURTHER, run, judge, stopped), minimal


def _shown(trial: Trial, cause: str, run: Run, judge: Judge, tries: int, enough: Enough) -> Counterexample | None:
    """The first of several runs that is broken in this way."""
    for _ in range(tries):
        history = run(*trial)
        broken = None if history is None else judge(history, trial.schedule)
        if history is not None and broken is not None and broken.cause == cause:
            return Counterexample(broken, trial.schedule, history, 0, 0)
        if history is None or enough():
            break
    return None


def _repeated(one: Counterexample, times: int, run: Run, judge: Judge, enough: Enough) -> Counterexample:
    """The same with how often it shows in that many runs."""
    shown, tried = one.shown, one.tried
    while tried < times and not (tried and enough()):
        again = _shown(Trial(one.history.scenario, one.schedule), one.broken.cause, run, judge, 1, enough) is not None
        if not again and enough():
            break  # it may have been ended
        shown, tried = shown + again, tried + 1
    return dataclasses.replace(one, shown=shown, tried=tried)


def smaller_than(trial: Trial) -> Iterator[Trial]:
    """What is a step smaller or simpler, the largest steps first."""
    yield from _fewer_actors(trial)
    yield from _fewer_operations(trial)
    yield from _fewer_holds(trial)
    scenario, schedule = trial
    for maxsize in sorted({0, 1} - {scenario.maxsize}) if scenario.maxsize else ():
        yield Trial(dataclasses.replace(scenario, maxsize=maxsize), schedule)
    yield from _simpler_operations(trial)
    yield from _renumbered(trial)


def _fewer_actors(trial: Trial) -> Iterator[Trial]:
    """Without a child and its threads, without a thread, without a parent that does nothing."""
    parts = trial.scenario.parts
    for process in dict.fromkeys(part.process for part in parts):
        its = [part for part in parts if part.process == process]
        if process != "parent" or not any(part.operations for part in its):
            yield _with_parts(trial, [part for part in parts if part not in its])
    for one in parts:
        if one.actor != one.process:
            yield _with_parts(trial, [part for part in parts if part is not one])


def _fewer_operations(trial: Trial) -> Iterator[Trial]:
    """Without half of an actor's operations, a quarter, ... one."""
    most = max((len(part.operations) for part in trial.scenario.parts), default=0)
    sizes = [1 << power for power in range(most.bit_length())]
    for size in reversed(sizes):
        for number, part in enumerate(trial.scenario.parts):
            for first in range(0, len(part.operations) - size + 1, size):
                yield _without(trial, number, range(first, first + size))


def _without(trial: Trial, number: int, gone: range) -> Trial:
    """Without these operations of a part; what is held later in it is held at the same operation as before."""
    parts = [*trial.scenario.parts]
    part = parts[number]
    kept = [one for index, one in enumerate(part.operations) if index not in gone]
    parts[number] = Part(part.actor, tuple(kept))
    holds = []
    for hold in trial.schedule.holds:
        if hold.actor == part.actor and hold.operation >= gone.start:
            if hold.operation in gone:
                continue
            hold = dataclasses.replace(hold, operation=hold.operation - len(gone))
        holds.append(hold)
    return _with_parts(trial, parts, holds)


def _fewer_holds(trial: Trial) -> Iterator[Trial]:
    scenario, schedule = trial
    for number, hold in enumerate(schedule.holds):
        before, after = schedule.holds[:number], schedule.holds[number + 1 :]
        yield Trial(scenario, dataclasses.replace(schedule, holds=(*before, *after)))
        if hold.then != GOES_ON:
            goes_on = dataclasses.replace(hold, then=GOES_ON)
            yield Trial(scenario, dataclasses.replace(schedule, holds=(*before, goes_on, *after)))
    for number in range(len(schedule.faults)):
        faults = schedule.faults[:number] + schedule.faults[number + 1 :]
        yield Trial(scenario, dataclasses.replace(schedule, faults=faults))


def _simpler_operations(trial: Trial) -> Iterator[Trial]:
    for number, part in enumerate(trial.scenario.parts):
        for index, operation in enumerate(part.operations):
            for simpler in _simpler(operation):
                operations = (*part.operations[:index], simpler, *part.operations[index + 1 :])
                parts = [*trial.scenario.parts]
                parts[number] = Part(part.actor, operations)
                yield _with_parts(trial, parts)


def _simpler(operation: Operation) -> Iterator[Operation]:
    if operation.bad:
        yield dataclasses.replace(operation, bad=False)
    if operation.size:
        yield dataclasses.replace(operation, size=0)
    if operation.timeout is not None:
        yield dataclasses.replace(operation, timeout=None)
    if operation.call in ("put_nowait", "get_nowait"):
        yield dataclasses.replace(operation, call="get" if operation.call in GETS else "put")


def _renumbered(trial: Trial) -> Iterator[Trial]:
    """The same with children 1, 2, ... in the same order."""
    children = {part.process for part in trial.scenario.parts if part.process != "parent"}
    in_order = sorted(children, key=lambda name: int(name.split()[1]))
    names = {name: f"child {number}" for number, name in enumerate(in_order, 1)}
    if any(old != new for old, new in names.items()):

        def name(actor: str) -> str:
            process, thread, rest = actor.partition(" thread")
            return names.get(process, process) + thread + rest

        parts = [Part(name(part.actor), part.operations) for part in trial.scenario.parts]
        holds = [dataclasses.replace(hold, actor=name(hold.actor)) for hold in trial.schedule.holds]
        faults = [f"{word} {name(actor)}" for word, _, actor in (one.partition(" ") for one in trial.schedule.faults)]
        renamed = Trial(trial.scenario, dataclasses.replace(trial.schedule, faults=tuple(faults)))
        yield _with_parts(renamed, parts, holds)


def _with_parts(trial: Trial, parts: list[Part], holds: list[Hold] | None = None) -> Trial:
    """With these parts, and neither holds nor faults of actors that are gone."""
    actors = {name for part in parts for name in (part.actor, part.process)}
    held = tuple(hold for hold in (trial.schedule.holds if holds is None else holds) if hold.actor in actors)
    scenario = dataclasses.replace(trial.scenario, parts=tuple(parts))
    faults = tuple(fault for fault in trial.schedule.faults if fault.partition(" ")[2] in actors)
    return Trial(scenario, dataclasses.replace(trial.schedule, holds=held, faults=faults))
