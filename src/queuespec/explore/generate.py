"""Making up scenarios: at random from a seed, and all pairs of operations in order."""

from __future__ import annotations

import dataclasses
import itertools
import random
from collections.abc import Iterator, Set

from queuespec.explore.evidence import BUFFERED
from queuespec.explore.progress import ends_for_certain
from queuespec.explore.scenario import ENDS, LOOKS, NONE, PUTS, START, Operation, Part, Scenario

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

    In each, up to 4 actors perform a few operations each, in some two of them many. A call waits without a timeout
    only if it need not wait forever, in whatever order the calls take effect.
    """
    if lacks & {kind, "put", "get"}:
        return
    rng = random.Random(f"{kind} {start_method} {seed}")
    while True:
        scenario = _Maker(kind, start_method, lacks, rng).scenario()
        if any(part.operations for part in scenario.parts):
            yield scenario


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
        """A scenario that ends."""
        themes = [self._medley, self._medley, self._balance, self._balance, self._tokens]
        themes += [self._tasks, self._tasks] if {"task_done", "join"} <= self.calls else []
        chance = self.rng.random()
        if chance < 0.06:
            parts = self._relay()
        elif chance < 0.09:
            parts = self._flood()
        elif chance < 0.13:
            parts = self._late()
        elif chance < 0.15 and {"close", "join_thread", "cancel_join_thread"} <= self.calls:
            parts = self._abandoned()
        else:
            theme = self._stream if self.rng.random() < 0.06 else self.rng.choice(themes)
            programs = theme(self._actors())
            self._look(programs)
            self._try(programs)
            self._fail(programs)
            self._put_none(programs)
            parts = [Part(actor, tuple(operations)) for actor, operations in programs.items()]
            parts = [self._ended(part, [one.process for one in parts]) for part in parts]
        return self._mended(Scenario(self.kind, self.start_method, tuple(parts), self.maxsize))

    def _medley(self, actors: list[str]) -> dict[str, list[Operation]]:
        """Anything."""
        return {actor: [*self._operations(actor)] for actor in actors}

    def _balance(self, actors: list[str]) -> dict[str, list[Operation]]:
        """Each item is waited for, and each place."""
        programs: dict[str, list[Operation]] = {actor: [] for actor in actors}
        roles = [self.rng.choice(("put", "get", "both")) for _actor in actors]
        putting = [actor for actor, role in zip(actors, roles) if role != "get"] or actors[:1]
        getting = [actor for actor, role in zip(actors, roles) if role != "put"] or actors[-1:]
        for _number in range(self.rng.randint(2, 7)):
            actor = self.rng.choice(putting)
            programs[actor].append(Operation("put", item=self._item(actor)))
            programs[self.rng.choice(getting)].append(Operation("get"))
        return programs

    def _stream(self, actors: list[str]) -> dict[str, list[Operation]]:
        """More items than a queue can have forgotten about by chance."""
        producer, consumer = self.rng.sample(actors, 2)
        puts = [Operation("put", item=self._item(producer)) for _number in range(self.rng.randint(12, 25))]
        programs: dict[str, list[Operation]] = {actor: [] for actor in actors}
        programs[producer] = puts
        programs[consumer] = [Operation("get")] * len(puts)
        return programs

    def _look(self, programs: dict[str, list[Operation]]) -> None:
        """Adds a look at the queue, perhaps."""
        looks = [name for name in LOOKS if name in self.calls]
        if looks and self.rng.random() < 0.3:
            program = self.rng.choice([*programs.values()])
            program.insert(self.rng.randint(0, len(program)), Operation(self.rng.choice(looks)))

    def _try(self, programs: dict[str, list[Operation]]) -> None:
        """Adds a get() that does not wait, perhaps, and an item in place of the one that it may get."""
        if "get_nowait" in self.calls and self.rng.random() < 0.15:
            actor = self.rng.choice([*programs])
            programs[actor].insert(0, Operation("get_nowait"))
            programs[actor].append(Operation("put", item=self._item(actor)))

    def _fail(self, programs: dict[str, list[Operation]]) -> None:
        """Adds an item that cannot be pickled, perhaps."""
        if "pickling" not in self.lacks and self.rng.random() < 0.12:
            actor = self.rng.choice([*programs])
            bad = Operation("put", item=self._item(actor), bad=True)
            programs[actor].insert(self.rng.randint(0, len(programs[actor])), bad)

    def _put_none(self, programs: dict[str, list[Operation]]) -> None:
        """Puts None in place of an item, perhaps."""
        puts = [(actor, at) for actor, program in programs.items() for at, one in enumerate(program) if one.item]
        if puts and self.rng.random() < 0.12:
            actor, at = self.rng.choice(puts)
            if not programs[actor][at].bad:
                programs[actor][at] = dataclasses.replace(programs[actor][at], item=NONE)

    def _tokens(self, actors: list[str]) -> dict[str, list[Operation]]:
        """Each actor takes an item, and puts another one for it: there are never more than at first."""
        programs: dict[str, list[Operation]] = {}
        for actor in actors:
            rounds = self.rng.randint(1, 2)
            first = [Operation("put", item=self._item(actor))] if not programs else []
            taking = (operation for _round in range(rounds) for operation in self._exchange(actor))
            programs[actor] = [*first, *taking]
        return programs

    def _exchange(self, actor: str) -> Iterator[Operation]:
        yield Operation("get")
        yield Operation("put", item=self._item(actor))

    def _tasks(self, actors: list[str]) -> dict[str, list[Operation]]:
        """Items that are done, and actors that wait for that."""
        rng = self.rng
        count = rng.randint(1, len(actors) - 1)
        programs: dict[str, list[Operation]] = {actor: [] for actor in actors}
        for _number in range(rng.randint(1, 4)):
            actor = rng.choice(actors[:count])
            programs[actor].append(Operation("put", item=self._item(actor)))
            programs[rng.choice(actors[count:])] += [Operation("get"), Operation("task_done")]
        for program in programs.values():
            program += [Operation("join")] * (rng.random() < 0.5)
        if rng.random() < 0.2:
            programs[rng.choice(actors)].append(Operation("task_done"))
        return programs

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
            if rng.random() < 0.15 and {"task_done", "join"} <= self.calls:
                yield Operation("join" if rng.random() < 0.3 else "task_done")
            elif rng.random() < lean:
                yield self._put(actor)
            else:
                yield self._get()

    def _put(self, actor: str) -> Operation:
        call, timeout = self._form("put")
        return Operation(call, item=self._item(actor), timeout=timeout)

    def _get(self) -> Operation:
        call, timeout = self._form("get")
        return Operation(call, timeout=timeout)

    def _form(self, call: str) -> tuple[str, float | None]:
        chance = self.rng.random()
        if chance < 0.25 and f"{call}_nowait" in self.calls:
            return f"{call}_nowait", None
        return call, SHORT if chance > 0.85 and self.timed else None

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
            puts = [Operation("put", item=self._item(actor), size=size) for size in sizes]
            ends = [Operation("raise")] * (rng.random() < 0.3)
            parts.append(Part(actor, (*puts, *ends)))
        consumer = "parent" if rng.random() < 0.5 else f"child {producers + 1}"
        return [*parts, Part(consumer, (Operation("get"),) * total)]

    def _abandoned(self) -> list[Part]:
        """Large items that nobody waits for, not even their process at its end."""
        puts = [Operation("put", item=self._item("child 1"), size=LARGE) for _one in range(self.rng.choice((1, 2)))]
        last = self.rng.choice(((), ("close",), ("close", "join_thread")))
        ends = map(Operation, ("cancel_join_thread", *last))
        return [Part("child 1", (*puts[: self.maxsize or None], *ends))]

    def _flood(self) -> list[Part]:
        """More items than most programs put: of one actor for another, or for itself, after they have piled up."""
        rng = self.rng
        producer, consumer = rng.choice(_STREAMS if "threads" not in self.lacks else _STREAMS[:4])
        count = max(_FLOODS) if producer == consumer else rng.choice(_FLOODS)
        puts = tuple(Operation("put", item=self._item(producer)) for _one in range(count))
        gets = (Operation("get"),) * count
        if producer != consumer or self.kind == "SimpleQueue":
            others = [Part("child 1", ())] * (producer != "child 1" != consumer)
            return [Part(producer, puts), Part(consumer if producer != consumer else "child 2", gets), *others]
        self.maxsize = 0
        first = Operation("put", item=self._item(producer), size=LARGE)
        return [Part(producer, (first, *puts, Operation("get"), *gets))]

    def _late(self) -> list[Part]:
        """Children that start when their parent has used the queue already, or its items are still on their way."""
        rng, children = self.rng, self.rng.choice((1, 1, 2))
        room = self.maxsize or 3
        sizes = [rng.choice((0, LARGE)) for _one in range(rng.randint(0, min(3, room)))]
        early = [Operation("put", item=self._item("parent"), size=size) for size in sizes]
        if "cancel_join_thread" in self.calls and not early and rng.random() < 0.5:
            early = [Operation("cancel_join_thread")]
        if self.kind == "SimpleQueue":
            early = [dataclasses.replace(one, size=0) for one in early]
        programs: dict[str, list[Operation]] = {f"child {number}": [] for number in range(1, children + 1)}
        for actor, program in programs.items():
            for _one in range(rng.randint(1, 2)):
                large = rng.random() < 0.4 and self.kind != "SimpleQueue"
                program.append(Operation("put", item=self._item(actor), size=LARGE if large else 0))
        count = sum(map(len, programs.values())) + sum(one.call == "put" for one in early)
        programs["parent"] = []
        for _one in range(count):
            programs[rng.choice(["parent", *programs])].append(Operation("get"))
        parts = [Part("parent", (*early, Operation(START), *programs.pop("parent")))]
        return [*parts, *(Part(actor, tuple(program)) for actor, program in programs.items())]

    def _ended(self, part: Part, processes: list[str]) -> Part:
        """The part, perhaps with what only the last operations of a process can be."""
        rng = self.rng
        if processes.count(part.process) > 1 or rng.random() > 0.3:
            return part
        last: list[str] = []
        if {"close", "join_thread", "cancel_join_thread"} <= self.calls:
            last += rng.choice(_CLOSINGS)
        elif "close" in self.calls:
            last += rng.choice(((), ("close",)))
        more: list[Operation] = [Operation(call) for call in last]
        if "join_thread" in last and rng.random() < 0.3:  # which must fail by now
            more.append(Operation("put", item=self._item(part.actor)) if rng.random() < 0.5 else Operation("get"))
        ends = [end for end in ENDS if end == "raise" or (end != "return" and "kill" not in self.lacks)]
        if part.actor != "parent" and ends and rng.random() < 0.4:
            more.append(Operation(rng.choice(ends)))
        return dataclasses.replace(part, operations=(*part.operations, *more))

    def _mended(self, scenario: Scenario) -> Scenario:
        """The scenario, with timeouts where calls could wait forever."""
        while self._loses(scenario) or not ends_for_certain(scenario):
            waiting = [
                (number, at)
                for number, part in enumerate(scenario.parts)
                for at, one in enumerate(part.operations)
                if one.call in ("get", "put", "join") and one.timeout is None and (one.call != "put" or self.maxsize)
                if not any(before.call == "close" for before in part.operations[:at])
            ]
            if not waiting:
                break
            number, at = self.rng.choice(waiting)
            scenario = _replaced(scenario, number, at, self._brief(scenario.parts[number].operations[at]))
        return scenario

    def _loses(self, scenario: Scenario) -> bool:
        """Whether a process ends so that items may be lost, and others wait for them, or for a lock."""
        for part in scenario.parts:
            calls = {one.call for one in part.operations}
            if self.kind in BUFFERED and {"put", "put_nowait"} & calls and {"exit", "kill"} & calls:
                if "join_thread" not in calls or "cancel_join_thread" in calls:
                    return True
        return False

    def _brief(self, operation: Operation) -> Operation | None:
        """A form of the operation that does not wait for long; None if there is none."""
        if operation.call == "join":
            return None
        nowait = f"{operation.call}_nowait"
        if nowait in self.calls and (not self.timed or self.rng.random() < 0.5):
            return dataclasses.replace(operation, call=nowait)
        return dataclasses.replace(operation, timeout=SHORT) if self.timed else None


_STREAMS = (
    *(("child 1", "parent"), ("parent", "child 1"), ("child 1", "child 2"), ("child 1", "child 1")),
    *(("child 1 thread 1", "parent"), ("child 1 thread 1", "child 2")),
)
"""Who puts the items of a flood, and who gets them."""

_FLOODS = (60, 60, 1100)
"""How many items a flood has: a buffer, and what counts items, may have a limit of its own."""

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

    The one to be held is the last operation of the first part; what comes before it there fills the queue, before the
    second part begins.
    """
    if lacks & {kind, "put", "get"}:
        return
    operations = [one for one in _PAIRED if one.call in frozenset(CALLS[kind]) - lacks]
    if kind == "SimpleQueue" or "timeout" in lacks:
        operations = [one for one in operations if one.timeout is None]
    sizes = _SIZES if kind != "SimpleQueue" and "maxsize" not in lacks else [one for one in _SIZES if not one[0]]
    places = [one for one in _PLACES if "threads" not in lacks or " thread" not in one[1]]
    numbers = itertools.product(range(len(operations)), range(len(operations)), range(len(sizes)), range(len(places)))
    ranked = []
    for held, other, size, place in numbers:
        calls = operations[held].call, operations[other].call
        telling = sizes[size] == (_FULL if calls in _FOR_A_PLACE else _EMPTY if calls[0] in ("put", "get") else _ONE)
        rank = (0 if calls in _PARTNERS else 4) + held + other + (0 if telling else 2 + 2 * size)
        if (operations[held].call, operations[other].call, sizes[size]) in _FOR_THE_LAST and "join" not in CALLS[kind]:
            rank = 1
        rank += 3 * place
        ranked.append((rank, held, other, size, place))
    for _rank, held, other, size, place in sorted(ranked):
        yield from _pair(kind, start_method, *sizes[size], places[place], operations[held], operations[other])


_PARTNERS = (
    ("put", "get"),
    ("get", "put"),
    ("get", "get"),
    ("join", "task_done"),
    ("task_done", "join"),
    ("put", "join"),
)
"""Calls of which one waits for what the other does, or both for the same."""

_FOR_A_PLACE = (("put", "get"), ("put", "put"), ("get", "put"))
"""Calls of which one makes room for the other, or both want it."""

_EMPTY, _ONE, _FULL, _ROOM_FOR_ONE = (0, 0), (0, 1), (1, 1), (1, 0)
_SIZES = (_ONE, _FULL, _EMPTY, (2, 1), (0, 2), _ROOM_FOR_ONE, (2, 2))
"""The maxsize of a queue, and how many items are put first: the most telling ones first."""

_FOR_THE_LAST = (("put_nowait", "put_nowait", _ROOM_FOR_ONE), ("get_nowait", "get_nowait", _ONE))
"""Two calls that want the same place or the same item, and only one of them may have it; where tasks are counted, those
come first."""

_PLACES = (("child 1", "child 2"), ("child 1", "child 1 thread 1"), ("parent", "child 1"))
"""The two actors: the most telling ones first."""

_PAIRED = (
    Operation("put"),
    Operation("get"),
    Operation("task_done"),
    Operation("join"),
    Operation("get", timeout=SHORT),
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
    """The pair, if neither of the two need wait forever, or a third operation sees to that."""
    if " thread" in actors[1] and {held.call, other.call} & {"close", "join_thread", "cancel_join_thread"}:
        return
    first, second = (actor.replace("parent", "p").replace("child ", "c").replace(" thread ", "t") for actor in actors)
    before = tuple(Operation("put", item=f"{first}-{number}") for number in range(1, count + 1))
    one = (*before, *_complete(held, f"{first}-{count + 1}"))
    two = _complete(other, f"{second}-1")
    if other.call == "task_done" and held.call in PUTS:
        two = (Operation("get"), *two)
    rescues = {"get": Operation("put", item=f"{second}-2"), "put": Operation("get"), "join": Operation("task_done")}
    for last in ((), (rescues[held.call],)) if held.call in rescues else ((),):
        scenario = Scenario(kind, start_method, (Part(actors[0], one), Part(actors[1], (*two, *last))), maxsize)
        if ends_for_certain(scenario, count):
            yield scenario
            return


def _complete(operation: Operation, item: str) -> tuple[Operation, ...]:
    """The operation with its item, and what must come before it."""
    if operation.call in PUTS:
        return (dataclasses.replace(operation, item=item),)
    if operation.call == "join_thread":
        return Operation("close"), operation
    return (operation,)
