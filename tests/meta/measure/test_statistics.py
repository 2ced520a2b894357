"""Intervals are as sure as they say, also for few values with outliers."""

import math
import random
import statistics

import pytest

from queuespec.results.statistics import (
    CONFIDENCE,
    ENOUGH,
    Estimate,
    _weights,
    confidence,
    estimate,
    outliers,
    paired,
    percentile,
    ratio,
    spread,
    student,
)

TIMES = 400
"""How often an interval is made: its share of hits is known to about 2 %."""


def ordinary(chance):
    """Durations of a quiet machine."""
    return chance.lognormvariate(0, 0.2)


def disturbed(chance):
    """Durations of a machine that now and then does something else for a while."""
    return chance.lognormvariate(0, 0.1) * (1 + (chance.random() < 0.2) * chance.expovariate(0.5))


def true_median(draw):
    chance = random.Random("truth")
    return statistics.median(draw(chance) for _ in range(40_001))


def hits(number, draw, make, truth):
    """Which part of the intervals that `make` makes has the truth."""
    chance = random.Random(f"{number} {draw.__name__}")
    found = [make(*([draw(chance) for _ in range(number)] for _ in range(2))) for _ in range(TIMES)]
    return sum(one.low <= truth <= one.high for one in found) / TIMES


@pytest.mark.parametrize("draw", [ordinary, disturbed])
@pytest.mark.parametrize("number", [ENOUGH, 9, 20])
def test_an_interval_has_the_median_as_often_as_it_says(number, draw):
    assert hits(number, draw, lambda ones, _: estimate(ones), true_median(draw)) >= CONFIDENCE - 0.025


@pytest.mark.parametrize("draw", [ordinary, disturbed])
@pytest.mark.parametrize("number", [ENOUGH, 9, 20])
def test_the_interval_of_a_ratio_has_it_as_often_as_it_says(number, draw):
    assert hits(number, draw, ratio, 1.0) >= CONFIDENCE - 0.025


def test_few_values_cannot_be_as_sure():
    assert [round(confidence(number), 3) for number in range(1, 8)] == [0.0, 0.5, 0.75, 0.875, 0.938, 0.95, 0.95]


def test_an_interval_shrinks_with_more_values():
    chance = random.Random(1)
    widths = []
    for number in (6, 24, 96):
        one = estimate([ordinary(chance) for _ in range(number)])
        widths.append(one.high - one.low)

    assert widths == sorted(widths, reverse=True)


def test_a_bolder_interval_is_narrower():
    values = [float(one) for one in range(1, 31)]
    sure, bold = estimate(values, 0.99), estimate(values, 0.5)

    assert sure.low < bold.low <= bold.value <= bold.high < sure.high


def test_one_value_has_no_interval():
    found = estimate([3.0])

    assert found.value == 3.0
    assert math.isnan(found.low) and math.isnan(found.high)
    assert not found.excludes(5, 6)


def test_no_values_have_no_median():
    with pytest.raises(ValueError, match="no median"):
        estimate([])


@pytest.mark.parametrize("number", range(1, 8))
def test_the_bootstrap_is_that_of_all_draws(number):
    draws = 20_000
    chance = random.Random(number)
    counts = [0.0] * number
    for _ in range(draws):
        drawn = sorted(chance.randrange(number) for _ in range(number))
        for middle in (drawn[(number - 1) // 2], drawn[number // 2]):
            counts[middle] += 0.5 / draws

    assert _weights(number) == pytest.approx(counts, abs=0.02)
    assert sum(_weights(number)) == pytest.approx(1)


@pytest.mark.parametrize(
    ("probability", "freedom", "expected"),
    [(0.975, 5, 2.5706), (0.975, 20, 2.0860), (0.995, 10, 3.1693), (0.9995, 10, 4.5869), (0.5, 7, 0.0)],
)
def test_quantiles_are_those_of_published_tables(probability, freedom, expected):
    assert student(probability, freedom) == pytest.approx(expected, rel=0.01, abs=1e-9)


def test_a_ratio_is_of_the_medians():
    found = ratio([2.0, 4.0, 6.0], [1.0, 2.0, 3.0])

    assert found.value == 2.0
    assert found.low <= 2.0 <= found.high


def test_a_value_far_from_the_others_is_an_outlier_and_counts():
    values = [1.0, 1.1, 0.9, 1.05, 0.95, 9.0]

    assert outliers(values) == [9.0]
    assert estimate(values).high == 9.0


def test_three_values_have_no_outlier():
    assert outliers([1.0, 1.0, 50.0]) == []


def test_only_values_of_the_same_round_are_compared():
    assert paired([2.0, None, 6.0, 8.0, 1.0], [1.0, 2.0, None, 2.0, 0.0]) == [2.0, 4.0]


def test_the_spread_is_a_part_of_the_median():
    assert spread([90.0, 100.0, 110.0]) == pytest.approx(0.1)
    assert spread([5.0]) == 0.0


def test_a_percentile_is_one_of_the_values():
    values = [float(one) for one in range(1, 101)]

    assert [percentile(values, part) for part in (0.0, 0.5, 0.9, 0.99, 1.0)] == [1, 50, 90, 99, 100]


def test_an_estimate_excludes_what_is_on_one_side_of_it():
    assert Estimate(2, 1.5, 3).excludes(0.5, 1.2)
    assert Estimate(0.2, 0.1, 0.3).excludes(0.5, 1.2)
    assert not Estimate(1, 0.1, 3).excludes(0.5, 1.2)
