"""What nothing that does the same can be faster than: measured in the same rounds, with the standard library alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Callable, NamedTuple, Optional

from queuespec.actors import measuring
from queuespec.measure.bench import LINK, OUT_OF_BAND, RAW, Bench, Through

Samples = Mapping[str, Optional[Sequence[float]]]
"""By quantity, the values of one round; None if the system does not say."""

Play = Callable[[Bench, Through, float], Samples]
"""Does something through a queue or a limit, for about that many seconds."""


class Limit(NamedTuple):
    """A limit of a task: what it is called, and how it is measured for a task with this play and these parameters."""

    name: str
    play: Callable[[Play, Bench, Mapping[str, Any], float], Samples]


def _alone(what: str) -> Callable[[Play, Bench, Mapping[str, Any], float], Samples]:
    def play(_: Play, bench: Bench, parameters: Mapping[str, Any], seconds: float) -> Samples:
        shape, size = parameters["shape"], parameters["size"]
        shape = shape if what == "pickle" else "bytes"
        number, found = bench.alone(measuring.alone, what, shape, size, batch(size), seconds)
        return {"item": [one / number for one in found]}

    return play


def batch(size: int) -> int:
    """How many items of this size are passed between two looks at the clock."""
    return max(2, min(MOST, BYTES // max(1, size)))


MOST, BYTES = 1000, 1 << 22

CONNECTION = Limit("Connection", lambda play, bench, _, seconds: play(bench, LINK, seconds))
"""`Connection.send` and `recv`: the same between the same processes, with a pipe in place of the queue."""

PIPE = Limit("pipe", lambda play, bench, _, seconds: play(bench, RAW, seconds))
"""The same bytes through a pipe, pickled once and never unpickled."""

BUFFERS = Limit("out-of-band", lambda play, bench, _, seconds: play(bench, OUT_OF_BAND, seconds))
"""A pipe to which the buffers of an item are written as they are."""

PICKLE = Limit("pickle", _alone("pickle"))
"""`dumps` and `loads` in one process."""

MEMCPY = Limit("memcpy", _alone("memcpy"))
"""One copy of the bytes in one process."""

EMPTY_PROCESS = Limit(
    "empty process", lambda play, bench, _, seconds: {"first item": [bench.parent.plays(measuring.start_nothing)]}
)
"""A process that does nothing, until it has ended."""

LOOP = Limit(
    "loop",
    lambda play, bench, _, seconds: {"time": bench.alone(measuring.alone, "loop", "bytes", 50_000, 5, seconds)[1]},
)
"""A loop in one process, which takes the same time whenever the machine does nothing else."""

CLOCK = Limit("clock", lambda play, bench, _, seconds: {"time": [bench.alone(measuring.clocks, 10_000)]})
"""Reading the clock, which every measurement does twice."""
