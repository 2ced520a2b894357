"""Making up scenarios: at random from a seed, and all pairs of operations in order."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator, Set

from queuespec.explore.progress import ends_for_certain
from queuespec.explore.scenario import ENDS, Operation, Part, Scenario

SHORT = 0.05
"""The timeout of calls that have one, in seconds."""

LARGE = 200_000
"""The size of a large item, in bytes: more than a pipe of any system holds."""

CALLS = {
    "SimpleQueue": ("put", "get", "empty", "close"),
    "Queue": (
        *("put", "put_nowait", "get", "get_nowait", "qsize", "empty", "full"),
        *("close", "join_thread", "cancel_join_thread"),
    ),
    "Manager.Queue": ("put", "put_nowait", "get", "get_nowait", "qsize", "empty", "full", "task_done", "join"),
}
CALLS["JoinableQueue"] = (*CALLS["Queue"], "task_done", "join")
CALLS["Manager.JoinableQueue"] = CALLS["Manager.Queue"]
"""What each kind has, of what scenarios are made of."""


def scenarios(kind: str, start_method: str, seed: int, lacks: Set[str] = frozenset()) -> Iterator[Scenario]:
    """Scenarios without end, the same for the same seed; none if `lacks` has the kind, or put or get.

    In each, 2 to 4 actors perform 1 to 6 operations each. A call waits without a timeout only if in whatever order the
    calls take effect it need not wait forever, or a process ends in the middle of its use of the queue.
    """
    if lacks & {kind, "put", "get"}:
        return
    rng = random.Random(f"{kind} {start_method} {seed}")
    while True:
        yield _Maker(kind, start_method, lacks, rng).scenario()


class _Maker:
    """Makes one scenario."""

    def __init__(self, kind: str, start_method: str, lacks: Set[str], rng: random.Random) -> None:
        self.kind = kind
        self.start_method = start_method
        self.lacks = lacks
        self.rng = rng
        self.calls = frozenset(CALLS[kind]) - lacks
        self.timed = kind != "SimpleQueue" and "timeout" not in lacks
        bounded = kind != "SimpleQueue" and "maxsize" not in lacks
        self.maxsize = rng.choice((0, 0, 0, 1, 1, 2, 3)) if bounded else 0
        self.named = dict[str, int]()

    def scenario(self) -> Scenario:
        """A scenario that comes to its end."""
        rng = self.rng
        if rng.random() < 0.08:
            parts = self._relay()
        else:
            parts = [Part(actor, tuple(self._operations(actor))) for actor in self._actors()]
            parts = [self._ended(part, [one.process for one in parts]) for part in parts]
        return self._mended(Scenario(self.kind, self.start_method, tuple(parts), self.maxsize))

    def _actors(self) -> list[str]:
        rng = self.rng
        count = rng.choice((2, 2, 3, 3, 4))
        actors = ["parent"] if rng.random() < 0.75 else []
        children = 0
        while len(actors) < count:
            if actors and rng.random() < 0.25 and "threads" not in self.lacks:
                process = rng.choice(actors).partition(" thread")[0]
                number = 1 + sum(actor.startswith(f"{process} thread") for actor in actors)
                actors.append(f"{process} thread {number}")
            else:
                children += 1
                actors.append(f"child {children}")
        if children == 0:
            actors[-1] = "child 1"
        return sorted(actors, key=lambda actor: (actor != "parent", actor))

    def _operations(self, actor: str) -> Iterator[Operation]:
        rng = self.rng
        lean = rng.choice((0.15, 0.5, 0.5, 0.85))  # consumers, producers, and those who do both
        for _number in range(rng.choice((1, 2, 2, 3, 3, 4, 5, 6))):
            chance = rng.random()
            looks = [name for name in ("qsize", "empty", "full") if name in self.calls]
            if chance < 0.12 and looks:
                yield Operation(rng.choice(looks))
            elif chance < 0.27 and {"task_done", "join"} <= self.calls:
                yield Operation("join" if rng.random() < 0.3 else "task_done")
            elif rng.random() < lean:
                yield self._put(actor)
            else:
                yield self._get()

    def _put(self, actor: str) -> Operation:
        rng = self.rng
        call, timeout = self._form("put")
        bad = rng.random() < 0.04 and "bad items" not in self.lacks
        return Operation(call, item=self._item(actor), timeout=timeout, bad=bad)

    def _get(self) -> Operation:
        call, timeout = self._form("get")
        return Operation(call, timeout=timeout)

    def _form(self, call: str) -> tuple[str, float | None]:
        chance = self.rng.random()
        if chance < 0.25 and f"{call}_nowait" in self.calls:
            return f"{call}_nowait", None
        return call, SHORT if chance > 0.75 and self.timed else None

    def _item(self, actor: str) -> str:
        words = actor.split()
        name = words[0][0] + "".join(words[1:2] if words[0] == "child" else [])
        name += f"t{words[-1]}" if "thread" in words else ""
        self.named[name] = self.named.get(name, 0) + 1
        return f"{name}-{self.named[name]}"

    def _relay(self) -> list[Part]:
        """Large items, all of which are waited for."""
        rng = self.rng
        producers = rng.choice((1, 1, 2))
        parts, total = [], 0
        for number in range(1, producers + 1):
            actor = f"child {number}"
            count = rng.choice((1, 2, 3))
            total += count
            sizes = [rng.choice((0, LARGE, LARGE)) for _one in range(count)]
            parts.append(Part(actor, tuple(Operation("put", item=self._item(actor), size=size) for size in sizes)))
        consumer = "parent" if rng.random() < 0.5 else f"child {producers + 1}"
        return [*parts, Part(consumer, (Operation("get"),) * total)]

    def _ended(self, part: Part, processes: list[str]) -> Part:
        """The part, perhaps with what only the last operations of a process can be."""
        rng = self.rng
        if processes.count(part.process) > 1 or rng.random() > 0.3:
            return part
        last: list[str] = []
        if {"close", "join_thread", "cancel_join_thread"} <= self.calls:
            last += rng.choice(_CLOSINGS)
        more: list[Operation] = [Operation(call) for call in last]
        if "close" in last and rng.random() < 0.3:
            used = (
                Operation("put", item=self._item(part.actor)) if rng.random() < 0.5 else Operation("get", timeout=SHORT)
            )
            more.append(used)
        ends = [end for end in ENDS if end != "return" and end not in self.lacks]
        if part.actor != "parent" and ends and rng.random() < 0.4:
            more.append(Operation(rng.choice(ends)))
        return dataclasses.replace(part, operations=(*part.operations, *more))

    def _mended(self, scenario: Scenario) -> Scenario:
        """The scenario, with timeouts where calls could wait forever."""
        while self._violent(scenario) or not ends_for_certain(scenario):
            waiting = [
                (number, at)
                for number, part in enumerate(scenario.parts)
                for at, one in enumerate(part.operations)
                if one.call in ("get", "put", "join") and one.timeout is None and (one.call != "put" or self.maxsize)
            ]
            if not waiting:
                break
            number, at = self.rng.choice(waiting)
            scenario = _replaced(scenario, number, at, self._brief(scenario.parts[number].operations[at]))
        return scenario

    def _violent(self, scenario: Scenario) -> bool:
        return any(one.call in ("exit", "kill") for part in scenario.parts for one in part.operations)

    def _brief(self, operation: Operation) -> Operation | None:
        """A form of the operation that does not wait for long; None if there is none."""
        if operation.call == "join":
            return None
        if self.timed:
            return dataclasses.replace(operation, timeout=SHORT)
        if f"{operation.call}_nowait" in self.calls:
            return dataclasses.replace(operation, call=f"{operation.call}_nowait")
        return None


_CLOSINGS = (
    (),
    ("close",),
    ("close", "join_thread"),
    ("close", "join_thread"),
    ("cancel_join_thread",),
    ("cancel_join_thread", "close", "join_thread"),
    ("close", "close"),
)


def _replaced(scenario: Scenario, number: int, at: int, new: Operation | None) -> Scenario:
    part = scenario.parts[number]
    middle = () if new is None else (new,)
    changed = dataclasses.replace(part, operations=(*part.operations[:at], *middle, *part.operations[at + 1 :]))
    parts = (*scenario.parts[:number], changed, *scenario.parts[number + 1 :])
    return dataclasses.replace(scenario, parts=parts)


def pairs(kind: str, start_method: str, lacks: Set[str] = frozenset()) -> Iterator[Scenario]:
    """All pairs of operations, of an empty queue, one with an item, and a full one; the most telling pairs first.

    The one to be held is the last operation of the first part; what comes before it there fills the queue.
    """
    if lacks & {kind, "put", "get"}:
        return
    operations = [one for one in _PAIRED if one.call in frozenset(CALLS[kind]) - lacks]
    if kind == "SimpleQueue" or "timeout" in lacks:
        operations = [one for one in operations if one.timeout is None]
    ranked = sorted(
        ((held, other) for held in range(len(operations)) for other in range(len(operations))),
        key=lambda pair: (sum(pair), pair),
    )
    sizes = [(0, 0), (0, 1), (0, 2)]
    if kind != "SimpleQueue" and "maxsize" not in lacks:
        sizes = [(0, 0), (1, 1), (2, 1), (0, 1), (1, 0), (2, 2), (0, 2)]
    for held, other in ranked:
        for maxsize, count in sizes:
            for actors in (("child 1", "child 2"), ("parent", "child 1"), ("child 1", "child 1 thread 1")):
                yield from _pair(kind, start_method, maxsize, count, actors, operations[held], operations[other])


_PAIRED = (
    Operation("put"),
    Operation("get"),
    Operation("get", timeout=SHORT),
    Operation("task_done"),
    Operation("join"),
    Operation("put", timeout=SHORT),
    Operation("put_nowait"),
    Operation("get_nowait"),
    Operation("close"),
    Operation("join_thread"),
    Operation("cancel_join_thread"),
    Operation("qsize"),
    Operation("empty"),
    Operation("full"),
)


def _pair(
    kind: str, start_method: str, maxsize: int, count: int, actors: tuple[str, str], held: Operation, other: Operation
) -> Iterator[Scenario]:
    if " thread" in actors[1] and {held.call, other.call} & {"close", "join_thread", "cancel_join_thread"}:
        return
    first, second = (actor.replace("parent", "p").replace("child ", "c").replace(" thread ", "t") for actor in actors)
    before = tuple(Operation("put", item=f"{first}-{number}") for number in range(1, count + 1))
    one = (*before, *_complete(held, f"{first}-{count + 1}", kind))
    two = _complete(other, f"{second}-1", kind)
    scenario = Scenario(kind, start_method, (Part(actors[0], one), Part(actors[1], two)), maxsize)
    if ends_for_certain(scenario):
        yield scenario


def _complete(operation: Operation, item: str, kind: str) -> tuple[Operation, ...]:
    """The operation with its item, and what must come before it."""
    if operation.call.startswith("put"):
        return (dataclasses.replace(operation, item=item),)
    if operation.call == "join_thread":
        return Operation("close"), operation
    return (operation,)
