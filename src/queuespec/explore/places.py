"""Places: the lines of the implementation at which each call can be held, as a few runs without holds show them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Set
from typing import Callable

from queuespec.explore.generate import CALLS, SHORT
from queuespec.explore.running import NotPlayed
from queuespec.explore.scenario import PUTS, Operation, Part, Scenario
from queuespec.explore.schedule import Hold

Lines = Callable[[Scenario], Iterable[Hold]]
"""Every line that a scenario visits, each as a hold there; raises `NotPlayed`."""

VISITS = 3
"""At how many visits to a line a thread is held during one operation: a loop may go on for long."""

STANDARD = frozenset(f"multiprocessing/{name}.py" for name in ("connection", "managers", "queues", "synchronize"))
"""The ends of the paths of the standard library's modules at whose lines actors are held."""

BESIDE = ("connection.py", "synchronize.py")
"""The modules that queues use: of locks, semaphores and pipes."""

USED = 0.3
"""How often an actor is held in those modules, for once in that of the queue."""


def is_own(file: str) -> bool:
    """Whether a module, by the end of its path, is the implementation's own, and not the standard library's."""
    return file.lower() not in STANDARD


def weight_of(place: Hold) -> float:
    """How often an actor is held there in proportion to others."""
    return USED if place.file.endswith(BESIDE) else 1.0


class Places:
    """The places of the calls of a kind of queue. It knows none until `scout` was called."""

    def __init__(self, kind: str, lacks: Set[str] = frozenset()) -> None:
        self.kind = kind
        self.scouted = False
        self.found: dict[str, list[Hold]] = {}
        """By the call of an operation; each as a hold of whichever actor visited the line first."""
        self.own = False
        """Whether some of them are in modules of the implementation's own."""
        self._lacks = lacks

    def scout(self, start_method: str, lines: Lines) -> None:
        """Has a few scenarios performed, which make all calls and let those wait that can."""
        found: dict[str, dict[Hold, None]] = {}
        for scenario in scouts(self.kind, start_method, self._lacks):
            try:
                visited = [*lines(scenario)]
            except NotPlayed:
                continue
            programs = {part.actor: part.operations for part in scenario.parts}
            for hold in visited:
                if hold.visit <= VISITS:
                    call = programs[hold.actor][hold.operation].call
                    found.setdefault(call, {})[dataclasses.replace(hold, actor="", operation=0)] = None
        self.found = {call: [*holds] for call, holds in found.items()}
        self.own = any(is_own(hold.file) for holds in self.found.values() for hold in holds)
        self.scouted = True


def scouts(kind: str, start_method: str, lacks: Set[str] = frozenset()) -> Iterator[Scenario]:
    """Scenarios in which a queue of this kind makes each call, with each outcome, and each call waits that can."""
    calls = frozenset(CALLS[kind]) - lacks
    timed = kind != "SimpleQueue" and "timeout" not in lacks
    maxsize = int(kind != "SimpleQueue" and "maxsize" not in lacks)
    put, get = Operation("put", item="c1-1"), Operation("get")
    alone: list[Operation] = [put, Operation("qsize"), Operation("empty"), Operation("full")]
    if maxsize:
        alone += [Operation("put_nowait", item="c1-2"), *[Operation("put", item="c1-3", timeout=SHORT)] * timed]
    alone += [get, Operation("get_nowait"), *[Operation("get", timeout=SHORT)] * timed]
    alone += [
        Operation("put_nowait", item="c1-4"),
        Operation("get_nowait"),
        *[Operation("task_done")] * 3,
        Operation("join"),
    ]
    alone += [Operation("close"), Operation("join_thread"), Operation("cancel_join_thread")]
    waiting = (Operation("get"),), (Operation("put", item="c2-1"),)
    blocked = (put, Operation("put", item="c1-2")), (get, get)
    joining = (put, Operation("join")), (get, Operation("task_done"))
    programs: list[tuple[tuple[Operation, ...], ...]] = [(tuple(alone),), waiting]
    programs += [blocked] * maxsize + [joining] * ("join" in calls)
    for program in programs:
        kept = [tuple(one for one in part if one.call in calls) for part in program]
        parts = tuple(Part(f"child {number}", part) for number, part in enumerate(kept, 1))
        if any(operation.call in PUTS for part in kept for operation in part):
            yield Scenario(kind, start_method, parts, maxsize)
