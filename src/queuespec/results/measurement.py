"""Measurements: what something costs, in each round of a run, and in relation to what nothing can be faster than.

A line of a results file is one quantity of one workload, of the queue or of something measured beside it in the same
rounds: the standard library's queue, or a limit. All are costs: less is better.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from queuespec.results import statistics
from queuespec.results.statistics import Estimate
from queuespec.text import one_line

SECONDS, BYTES, NUMBER = "s", "B", "1"
"""Units."""

QUEUE, STANDARD = "queue", "standard library"
"""What is measured, and what it is compared with; all else is a limit."""

LONGEST = 1000
"""Maximum number of rounds, and of quantiles, of a measurement."""

Key = tuple[str, str, str, str, str]


@dataclasses.dataclass(frozen=True)
class Measurement:
    """One quantity of a workload, of one subject."""

    workload: str
    quantity: str
    """What of the workload it is: ``item``, ``p99``; a workload may have several."""
    of: str = QUEUE
    """`QUEUE`, `STANDARD`, or the name of a limit."""
    parameters: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """Of the workload: its size in bytes, and so on; texts and numbers."""
    kind: str = ""
    start_method: str = ""
    unit: str = SECONDS
    rounds: tuple[float | None, ...] = ()
    """The median of each round; None where it was not measured. The same place is the same round for all of a run."""
    limit: str = ""
    """The name of the limit of this quantity, which is measured in the same way."""
    samples: int = 0
    """How many values there were in all rounds together."""
    distribution: tuple[float, ...] = ()
    """Quantiles of all values at equal distances, from the least to the greatest."""
    problem: str = ""
    """Why it was not measured, or not in all rounds; one sentence."""

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Measurement:
        """The measurement of a line that fits the schema."""
        own = {field.name for field in dataclasses.fields(cls)}
        lists = {name: tuple(data[name]) for name in ("rounds", "distribution") if name in data}
        return cls(**{**{name: value for name, value in data.items() if name in own}, **lists})

    @functools.cached_property
    def values(self) -> list[float]:
        """The values of the rounds that have one."""
        return [one for one in self.rounds if one is not None]

    @functools.cached_property
    def estimate(self) -> Estimate | None:
        """The median of the rounds, with its interval; None if nothing was measured."""
        return statistics.estimate(self.values) if self.values else None

    @property
    def about(self) -> tuple[str, str, str, str]:
        """What was measured, and how: the same for the queue and for what was measured beside it."""
        return self.workload, self.quantity, json.dumps(self.parameters, sort_keys=True), self.start_method

    @property
    def key(self) -> Key:
        """Measurements of two files that have the same key are of the same thing."""
        return (*self.about, self.of)


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")


class Measured:
    """The measurements of a run, and their relations."""

    def __init__(self, measurements: Iterable[Measurement] = ()) -> None:
        self.all = [*measurements]
        self._known = {(*one.about, one.of): one for one in self.all}

    def __bool__(self) -> bool:
        return bool(self.all)

    @functools.cached_property
    def figures(self) -> list[Measurement]:
        """The measurements of the queue itself."""
        return [one for one in self.all if one.of == QUEUE]

    @functools.cached_property
    def has_standard(self) -> bool:
        """Whether the standard library's queue was measured beside another."""
        return any(one.of == STANDARD for one in self.all)

    def beside(self, one: Measurement, of: str) -> Measurement | None:
        """What was measured of something else in the same way."""
        return self._known.get((*one.about, of))

    def find(self, workload: str, quantity: str, of: str = QUEUE, **parameters: Any) -> list[Measurement]:
        """The measured values of a workload that have these parameters, besides others."""
        return [
            one
            for one in self.all
            if (one.workload, one.quantity, one.of) == (workload, quantity, of)
            and one.values
            and parameters.items() <= {**one.parameters, "start_method": one.start_method}.items()
        ]

    def series(self, one: Measurement, of: str) -> list[float]:
        """The ratios to something else, of each round that has both."""
        other = self.beside(one, of)
        return statistics.paired(one.rounds, other.rounds) if other else []

    def ratio(self, one: Measurement, of: str) -> Estimate | None:
        """The ratio to something else, with its interval; None if there is none."""
        series = self.series(one, of) if of else []
        return statistics.estimate(series) if series else None

    def as_data(self, one: Measurement) -> dict[str, Any]:
        """The line of a measurement, as data for JSON."""
        data: dict[str, Any] = {
            "workload": one.workload,
            "quantity": one.quantity,
            "of": one.of,
            "parameters": dict(one.parameters),
            "kind": one.kind,
            "start_method": one.start_method,
            "unit": one.unit,
            "rounds": [None if value is None else _rounded(value) for value in one.rounds[:LONGEST]],
            "samples": one.samples,
        }
        if one.estimate:
            data.update(_interval(one.estimate), outliers=[*map(_rounded, statistics.outliers(one.values))])
        for name, of in ("to_limit", one.limit), ("to_standard", STANDARD if one.of == QUEUE else ""):
            found = self.ratio(one, of)
            if found:
                data[name] = {"of": of, **_interval(found)}
        if one.limit:
            data["limit"] = one.limit
        if one.distribution:
            data["distribution"] = [*map(_rounded, one.distribution[:LONGEST])]
        if one.problem:
            data["problem"] = one_line(one.problem, 1000)
        return data


def _interval(estimate: Estimate) -> dict[str, Any]:
    ends = (estimate.low, estimate.high)
    low, high = (None if math.isnan(one) else _rounded(one) for one in ends)
    return {"value": _rounded(estimate.value), "low": low, "high": high}


def quantiles(values: Sequence[float], number: int = 40) -> tuple[float, ...]:
    """Quantiles at equal distances, from the least to the greatest value."""
    found = sorted(values)
    return tuple(found[round(one * (len(found) - 1) / number)] for one in range(number + 1)) if found else ()
