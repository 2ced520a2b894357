"""What became slower or faster between two runs that measured: only what is beyond the noise of both is a change.

A cost is compared in relation to its limit, which was measured in the same rounds: on a machine that is busier, or
another one, both take longer. A change counts if its interval of 95 % is beyond the least change that matters; if it
remains, by Welch's test of the logarithms, when each of all figures may be the one that deviates by chance; and if it
is larger than what the limits themselves have changed by.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from queuespec.results.figures import factor, title
from queuespec.results.measurement import Measured, Measurement
from queuespec.results.statistics import ENOUGH, LEAST, Estimate, ratio, student
from queuespec.text import counted

LEAST_CHANGE = 1.05
"""The factor below which a change does not matter."""

CHANCE = 0.002
"""How probable it may be that any of the figures of two runs of the same queue is called different."""

SLOWER, FASTER, SAME, UNKNOWN = "slower", "faster", "same", "unknown"


class Change(NamedTuple):
    """A figure of both runs: the ratio of its costs, new to old, and what that is called."""

    figure: Measurement
    ratio: Estimate
    word: str

    @property
    def sentence(self) -> str:
        """``put of 1 MiB: 1.31x slower (95 %: 1.22-1.40)``."""
        value, low, high = self.ratio
        worse, better = ("slower", "faster") if self.figure.unit == "s" else ("more", "less")
        word = worse if value >= 1 else better
        if value < 1 and value > 0:
            value, low, high = 1 / value, 1 / high if high else math.inf, 1 / low if low else math.inf
        ends = "" if math.isnan(low) else f" (95 %: {factor(low)}-{factor(high)})"
        method = f", {self.figure.start_method}" if self.figure.start_method else ""
        return f"{title(self.figure)}{method}: {factor(value)}x {word}{ends}"


class Costs:
    """The changes between the measurements of two runs."""

    def __init__(self, old: Measured, new: Measured) -> None:
        self.changes: list[Change] = []
        common = [(before, one) for one in new.figures for before in old.figures if before.key == one.key]
        known = [(before, one) for before, one in common if before.values and one.values and before.unit == one.unit]
        machine = _drift(old.all, new.all, "loop")
        for before, one in known:
            drift = _drift([_limit(old, before)], [_limit(new, one)], one.limit) if one.limit else machine
            limited = bool(one.limit) and one.limit == before.limit
            series = [
                [value for value in (run.series(figure, figure.limit) if limited else figure.values) if value >= LEAST]
                for run, figure in ((old, before), (new, one))
            ]
            if all(series):
                found = ratio(series[1], series[0])
                margin = max(LEAST_CHANGE, drift if one.unit == "s" else 1.0)
                self.changes.append(Change(one, found, _word(found, series, margin, len(known))))

    def of(self, word: str) -> list[Change]:
        """The changes that are called that."""
        return [one for one in self.changes if one.word == word]

    def regressions(self, above: float = LEAST_CHANGE) -> list[Change]:
        """What became slower by at least this factor."""
        return [one for one in self.of(SLOWER) if one.ratio.value >= above]

    @property
    def conclusion(self) -> str:
        """One sentence."""
        worse, better, few = (len(self.of(word)) for word in (SLOWER, FASTER, UNKNOWN))
        found = f"{worse or 'none'} slower and {better or 'none'} faster beyond the noise of both runs"
        rest = f"; {few} measured in too few rounds to know (fewer than {ENOUGH})" if few else ""
        return f"{found}, of {counted(len(self.changes), 'common figure')}{rest}"

    def as_data(self) -> list[dict[str, Any]]:
        """All of it, as data for JSON."""
        return [
            {
                "workload": one.figure.workload,
                "quantity": one.figure.quantity,
                "parameters": dict(one.figure.parameters),
                "start_method": one.figure.start_method,
                **{name: None if math.isnan(end) else end for name, end in one.ratio._asdict().items()},
                "change": one.word,
                "text": one.sentence,
            }
            for one in self.changes
        ]


def _limit(run: Measured, one: Measurement) -> Measurement | None:
    return run.beside(one, one.limit)


def _drift(old: Iterable[Measurement | None], new: Iterable[Measurement | None], name: str) -> float:
    """By which factor a limit has changed, in whatever direction; 1.0 if it is unknown."""
    medians = [
        next((statistics.median(one.values) for one in run if one and one.of == name and one.values), 0.0)
        for run in (old, new)
    ]
    if min(medians) < LEAST:
        return 1.0
    return max(medians) / min(medians)


def _word(found: Estimate, series: Sequence[Sequence[float]], margin: float, number: int) -> str:
    if min(map(len, series)) < ENOUGH:
        return UNKNOWN
    if not found.excludes(1 / margin, margin) or not _differ(series, CHANCE / number):
        return SAME
    return SLOWER if found.value > 1 else FASTER


def _differ(series: Sequence[Sequence[float]], chance: float) -> bool:
    """Whether the means of logarithms differ, by Welch's test, if that may be wrong with this probability."""
    logs = [[math.log(one) for one in values] for values in series]
    errors = [statistics.variance(one) / len(one) for one in logs]
    difference = abs(statistics.mean(logs[0]) - statistics.mean(logs[1]))
    if not sum(errors):
        return difference > 0
    freedom = sum(errors) ** 2 / sum(error**2 / (len(one) - 1) for error, one in zip(errors, logs))
    return difference > student(1 - chance / 2, max(3, round(freedom))) * math.sqrt(sum(errors))
