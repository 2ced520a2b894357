"""The workloads: each a few lines that read like a program with a queue.

A task is a workload with its parameters. It is played on a bench, through the queue or through one of its limits, and
returns the values of one round by quantity.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from queuespec.actors import carriage, footprint, measuring
from queuespec.actors.measuring import ORDINARY
from queuespec.measure.bench import MAIN, Bench, Through
from queuespec.measure.limits import (
    BUFFERS,
    CLOCK,
    CONNECTION,
    EMPTY_PROCESS,
    LOOP,
    MEMCPY,
    PICKLE,
    PIPE,
    Limit,
    Play,
    Samples,
    batch,
)
from queuespec.results.measurement import BYTES, NUMBER, SECONDS

KIB, MIB = 1 << 10, 1 << 20
SIZES = (0, ORDINARY, 4 * KIB, 64 * KIB, MIB, 16 * MIB, 64 * MIB)
QUICK_SIZES = (0, ORDINARY, 64 * KIB, MIB, 16 * MIB)
SHAPES = ("bytes", "ints", "dicts", "array", *carriage.ELSEWHERE)
PERCENTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99}

CROWD_ITEMS = 800
"""How many items pass through a crowd; each process has the same share."""

LOOPS = 100
"""How often each process increments the token."""

MACHINE = "machine"
"""The workload of which there are limits alone: what they take in each round shows what else the machine does."""

LARGE = 16 * MIB
"""Size in bytes of the item whose travel takes memory."""

AT_REST, BUFFERED, KEPT = 20, 5000, 50
"""How many queues are made, items put, and items taken, to know what one takes."""


def transfer(shape: str, size: int, done: bool = False, limited: bool = False) -> Play:
    """A consumer gets what a producer puts, one item after another; `limited` by a timeout of get()."""

    def play(bench: Bench, through: Through, seconds: float) -> Samples:
        words = (shape, size, batch(size), seconds, done, limited)
        number, found = bench.converse(measuring.transfers, through, *words)
        return {"item": [one / number for one in found]}

    return play


def round_trip(bench: Bench, through: Through, seconds: float) -> Samples:
    """An item goes to the other process and back."""
    return {"trip": bench.converse(measuring.round_trips, through, seconds)}


def hand_over(size: int) -> Play:
    """One item is put when nothing else is in the queue, and the other process acknowledges it."""

    def play(bench: Bench, through: Through, seconds: float) -> Samples:
        put, there = bench.converse(measuring.hand_overs, through, "bytes", size, seconds)
        return {"put": put, "acknowledged": there}

    return play


def hoard(number: int) -> Play:
    """All items are put before the first one is taken."""

    def play(bench: Bench, through: Through, seconds: float) -> Samples:
        return {"item": bench.converse(measuring.hoards, through, number, seconds)}

    return play


def start(bench: Bench, through: Through, seconds: float) -> Samples:
    """A new process puts items, and ends; then those that are there are taken."""
    first, got = bench.parent.plays(measuring.start, bench.queue("items"), KEPT)
    return {"first item": [first], "get": got}


def crowd(producers: int, consumers: int) -> Play:
    """Several producers put items, and several consumers get them."""
    number = CROWD_ITEMS - CROWD_ITEMS % (producers * consumers)

    def play(bench: Bench, through: Through, seconds: float) -> Samples:
        some = bench.crowd(producers + consumers)
        calls = [bench.begins(measuring.consume, one, through, number // consumers) for one in some[producers:]]
        calls += [bench.begins(measuring.produce, one, through, number // producers) for one in some[:producers]]
        spent = bench.plays(measuring.direct, bench.pair()[0], through, producers, consumers)
        for call in calls:
            call.result()
        return {"item": [spent / number]}

    return play


def token(processes: int) -> Play:
    """Processes take turns: each gets the token, and puts the next number."""

    def play(bench: Bench, through: Through, seconds: float) -> Samples:
        calls = [bench.begins(measuring.increment, one, through, LOOPS) for one in bench.crowd(processes)]
        spent = bench.plays(measuring.count, bench.pair()[0], through, processes, LOOPS)
        for call in calls:
            call.result()
        return {"increment": [spent / (processes * LOOPS)]}

    return play


def at_rest(kind: str) -> Play:
    """Queues are made, and not used."""

    def play(bench: Bench, through: Through, seconds: float) -> Samples:
        found = bench.parent.plays(footprint.at_rest, kind, AT_REST)
        return {name: None if value is None else [value] for name, value in found.items()}

    return play


def memory(bench: Bench, through: Through, seconds: float) -> Samples:
    """Two new processes: items wait in the queue; then a large one travels."""
    one, other = bench.new_process(), bench.new_process()
    serving = bench.begins(measuring.serve, other, through)
    found = {"buffered item": bench.plays(footprint.buffered, one, through, BUFFERED, 1000)}
    serving.result()
    taking = bench.begins(footprint.peak_of_taker, other, through)
    found["peak of the producer"] = bench.plays(footprint.peak_of, one, through, LARGE)
    found["peak of the consumer"] = taking.result()
    return {name: None if value is None else [value] for name, value in found.items()}


class Borrowed(NamedTuple):
    """The limit of a task that is measured for another one."""

    workload: str
    parameters: Mapping[str, Any]
    quantity: str
    own: str
    """The quantity that it limits."""
    times: float = 1.0


@dataclasses.dataclass(frozen=True, eq=False)
class Task:
    """A workload with its parameters."""

    workload: str
    play: Play
    parameters: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    limits: tuple[Limit, ...] = ()
    """What is measured beside it; the first one is what it is compared with."""
    borrowed: Borrowed | None = None
    units: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Of the quantities that are not durations."""
    queue: tuple[str, int] | None = None
    """Kind and maxsize of the queue for the items, if it is not one of the chosen kind without limit."""
    start_method: str = ""
    """The one it is played under, if it is not the chosen one."""
    needs: str = ""
    """A module that the judged interpreter must have."""
    buffers: bool = False
    """Whether the queue has to take any number of items before the first one is taken."""
    quick: bool = False
    """Whether it is a part of ``--quick``."""

    @property
    def name(self) -> str:
        """The workload and its parameters, in words."""
        words = (f"{name} {value}" for name, value in self.parameters.items())
        return f"{self.workload} ({', '.join(words)})" if self.parameters else self.workload

    @property
    def through(self) -> Through:
        """How its items travel."""
        return MAIN if self.queue is None else ("queue", self.name)

    @property
    def largest(self) -> int:
        """The size of its largest item in bytes, if it is large enough to take time."""
        size = LARGE if self.workload == "memory" else int(self.parameters.get("size", 0))
        return size if size >= MIB else 0

    def unit(self, quantity: str) -> str:
        """The unit of a quantity."""
        return self.units.get(quantity, SECONDS)


ANY_SIZE = Borrowed("transfer", {"shape": "bytes", "size": ORDINARY}, "item", "item")
HALF_A_TRIP = Borrowed("round trip", {}, "p50", "increment", 0.5)


def of_size(shape: str, size: int, **words: Any) -> Task:
    """The transfer of items of a shape and size."""
    limits: tuple[Limit, ...] = (CONNECTION, PIPE, PICKLE, MEMCPY) if shape == "bytes" else (CONNECTION, PICKLE)
    if shape == "array":
        limits += (BUFFERS,)
    if shape in carriage.ELSEWHERE:
        limits = (MEMCPY,)
    return Task("transfer", transfer(shape, size), {"shape": shape, "size": size}, limits, **words)


def tasks(kind: str, sizes: Sequence[int], start_methods: Collection[str] = ()) -> Iterator[Task]:
    """All tasks for a kind of queue, the most important ones first.

    `sizes` replace the usual ones. `start_methods` are those under which a process can be started besides.
    """
    yield Task(MACHINE, transfer("bytes", 0), limits=(LOOP, CLOCK), quick=True)
    chosen = [*dict.fromkeys(sizes or QUICK_SIZES)]
    chosen.sort(key=lambda size: size not in (ORDINARY, MIB))
    for size in chosen[:2]:
        yield of_size("bytes", size, quick=True)
    yield Task("round trip", round_trip, limits=(CONNECTION,), quick=True)
    for size in (ORDINARY, MIB):
        yield Task("hand over", hand_over(size), {"size": size}, (CONNECTION,), quick=True)
    yield Task("start", start, limits=(EMPTY_PROCESS,), quick=True)
    for items in (1000, 10_000):
        yield Task("growth", hoard(items), {"items": items}, borrowed=ANY_SIZE, buffers=True, quick=True)
    for size in chosen[2:]:
        yield of_size("bytes", size, quick=True)
    for place in carriage.ELSEWHERE:
        yield of_size(place, MIB, quick=True)
    yield Task("token", token(2), {"processes": 2}, borrowed=HALF_A_TRIP, quick=True)
    for size in () if sizes else SIZES:
        if size not in QUICK_SIZES:
            yield of_size("bytes", size)
    for shape, needs in {"ints": "", "dicts": "", "array": "numpy"}.items():
        yield of_size(shape, MIB, needs=needs)
    yield from _kinds(kind)
    yield Task("at rest", at_rest(kind), units={"memory": BYTES, "descriptors": NUMBER})
    quantities = ("buffered item", "peak of the producer", "peak of the consumer")
    yield Task("memory", memory, {"size": LARGE}, units=dict.fromkeys(quantities, BYTES))
    for producers, consumers in ((1, 1), (2, 2), (4, 4), (1, 4), (4, 1), (8, 8)):
        words = {"producers": producers, "consumers": consumers}
        yield Task("crowd", crowd(producers, consumers), words, borrowed=ANY_SIZE)
    yield Task("growth", hoard(100_000), {"items": 100_000}, borrowed=ANY_SIZE, buffers=True)
    for place in carriage.ELSEWHERE:
        for size in (64 * KIB, 16 * MIB):
            yield of_size(place, size)
    yield Task("token", token(4), {"processes": 4}, borrowed=HALF_A_TRIP)
    for method in start_methods:
        yield Task("start", start, limits=(EMPTY_PROCESS,), start_method=method)
    yield Task("growth", hoard(1_000_000), {"items": 1_000_000}, borrowed=ANY_SIZE, buffers=True)


def _kinds(kind: str) -> Iterator[Task]:
    """What each kind of queue costs, and a limit for its items."""
    for other in ("Queue", "SimpleQueue", "JoinableQueue", "Manager.Queue"):
        words: dict[str, Any] = {"borrowed": ANY_SIZE, "queue": (other, 0)}
        if other != kind:
            yield Task("kind", transfer("bytes", ORDINARY), {"kind": other}, **words)
        if other == "JoinableQueue":
            parameters = {"kind": other, "done": "task_done() and join()"}
            yield Task("kind", transfer("bytes", ORDINARY, done=True), parameters, **words)
    if kind != "SimpleQueue":
        yield Task("timeout", transfer("bytes", ORDINARY, limited=True), borrowed=ANY_SIZE)
        for maxsize in (1, 10, 100, 1000):
            words = {"borrowed": ANY_SIZE, "queue": (kind, maxsize)}
            yield Task("maxsize", transfer("bytes", ORDINARY), {"maxsize": maxsize}, **words)
