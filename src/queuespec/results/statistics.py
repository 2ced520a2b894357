"""Medians of few values, and how far they can be trusted.

The values are those of rounds: each has processes of its own, so they also vary as runs do. An interval is a percentile
interval of the bootstrap. The bootstrap distribution of a median is known exactly, so nothing is drawn at random, and
no library for numbers is needed. For few values a bootstrap interval is too narrow; it is expanded as T. Hesterberg
proposes (What Teachers Should Know About the Bootstrap, The American Statistician 69 (2015), 5.3).
"""

from __future__ import annotations

import functools
import itertools
import math
import statistics
from collections.abc import Sequence
from typing import NamedTuple

CONFIDENCE = 0.95
ENOUGH = 6
"""Fewer values than this cannot give an interval of 95 %: all six are on one side of the median once in 32 times."""

LEAST = 1e-12
"""Costs below this are none: no clock is that fine, and a ratio to one would say nothing."""

FENCE = 1.5
"""A value is an outlier if it is further from the middle half than that many times its width (J. W. Tukey)."""


class Estimate(NamedTuple):
    """A median and its interval; both ends are NaN if it is of one value."""

    value: float
    low: float
    high: float

    def excludes(self, low: float, high: float) -> bool:
        """Whether all of the interval is outside of these bounds."""
        return self.low > high or self.high < low


def confidence(number: int) -> float:
    """How sure the interval of the median of that many values can be, at most: the median is between the extremes."""
    return min(CONFIDENCE, 1 - 2.0 ** (1 - number)) if number > 1 else 0.0


def estimate(values: Sequence[float], level: float = CONFIDENCE) -> Estimate:
    """The median of values, which are not negative, with its interval. Raises `ValueError` if there are none."""
    middle = statistics.median(values)
    return _estimate([*zip(sorted(values), _weights(len(values)))], middle, len(values), level)


def ratio(ones: Sequence[float], others: Sequence[float], level: float = CONFIDENCE) -> Estimate:
    """The ratio of the medians of two independent series of values, none next to nothing, with its interval."""
    pairs = itertools.product(zip(ones, _weights_of(ones)), zip(others, _weights_of(others)))
    outcomes = sorted((one / other, weight * weight2) for (one, weight), (other, weight2) in pairs)
    middle = statistics.median(ones) / statistics.median(others)
    return _estimate(outcomes, middle, min(len(ones), len(others)), level)


def paired(ones: Sequence[float | None], others: Sequence[float | None]) -> list[float]:
    """The ratios of values of the same round, as far as both are known and not next to nothing."""
    pairs = zip(ones, others)
    return [one / other for one, other in pairs if one and other and min(one, other) >= LEAST]


def outliers(values: Sequence[float]) -> list[float]:
    """The values that are far from the others."""
    if len(values) < 4:
        return []
    first, _, third = statistics.quantiles(values, n=4, method="inclusive")
    reach = FENCE * (third - first)
    return [one for one in values if not first - reach <= one <= third + reach]


def spread(values: Sequence[float]) -> float:
    """The width of the middle half of values, as a part of their median; 0.0 if there are too few."""
    if len(values) < 2 or not statistics.median(values):
        return 0.0
    first, _, third = statistics.quantiles(values, n=4, method="inclusive")
    return (third - first) / statistics.median(values)


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which this part of the values is: 0.9 for the ninetieth percentile."""
    found = sorted(values)
    return found[min(len(found) - 1, math.ceil(part * len(found)) - 1)] if part else found[0]


def _weights_of(values: Sequence[float]) -> list[float]:
    """The weight of each value, in the order of the values."""
    places = sorted(range(len(values)), key=values.__getitem__)
    found = [0.0] * len(values)
    for place, weight in zip(places, _weights(len(values))):
        found[place] = weight
    return found


@functools.lru_cache(maxsize=100)
def _weights(number: int) -> list[float]:
    """How probable it is that each of that many values, in order, is the median of as many draws of them.

    The median of an even number is either of the two in the middle, with the same probability.
    """
    below = [
        (_at_least((number + 1) // 2, number, rank / number) + _at_least(number // 2 + 1, number, rank / number)) / 2
        for rank in range(number + 1)
    ]
    return [two - one for one, two in zip(below, below[1:])]


def _at_least(successes: int, draws: int, probability: float) -> float:
    other = 1 - probability
    return sum(math.comb(draws, one) * probability**one * other ** (draws - one) for one in range(successes, draws + 1))


def _estimate(outcomes: Sequence[tuple[float, float]], middle: float, number: int, level: float) -> Estimate:
    if number < 2:
        return Estimate(middle, math.nan, math.nan)
    tail = _tail(number, level)
    low = _quantile(outcomes, tail)
    return Estimate(middle, min(low, middle), max(_quantile([*reversed(outcomes)], tail), middle))


def _quantile(outcomes: Sequence[tuple[float, float]], tail: float) -> float:
    """The first outcome up to which there is at least this probability."""
    total = 0.0
    for value, weight in outcomes:
        total += weight
        if total >= tail:
            return value
    return outcomes[-1][0]


@functools.lru_cache(maxsize=1000)
def _tail(number: int, level: float) -> float:
    """The probability to leave out at each end, for an interval of this level from that many values."""
    normal = statistics.NormalDist()
    return normal.cdf(-math.sqrt(number / (number - 1)) * student(1 - (1 - level) / 2, number - 1))


def student(probability: float, freedom: int) -> float:
    """The quantile of Student's t distribution (Cornish and Fisher; M. Abramowitz and I. A. Stegun, 26.7.5)."""
    z = statistics.NormalDist().inv_cdf(probability)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return float(z + sum(term / freedom**power for power, term in enumerate(terms, 1)))
