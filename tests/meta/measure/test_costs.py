"""A change is called one if it is beyond the noise of both runs, and never otherwise."""

import dataclasses
import json
import math

import pytest
from measurements import beside, measurement, rounds, sized, whole

from queuespec.results.costs import FASTER, SAME, SLOWER, UNKNOWN, Costs
from queuespec.results.measurement import BYTES, Measured


def test_twins_are_never_called_different():
    called = [
        (number, one.word)
        for number in range(100)
        for noise in [0.05 + 0.35 * number / 100]
        for one in Costs(whole(f"old {number}", noise=noise), whole(f"new {number}", noise=noise)).changes
        if one.word != SAME
    ]

    assert called == []


@pytest.mark.parametrize("factor", [1.3, 2.0, 10.0])
def test_a_slower_queue_is_called_slower_by_its_factor(factor):
    found = Costs(whole("old", noise=0.03), whole("new", noise=0.03, slower=factor)).changes

    assert {one.word for one in found} == {SLOWER}
    assert all(one.ratio.low <= factor <= one.ratio.high for one in found)


def test_a_faster_queue_is_called_faster():
    found = Costs(whole("old"), whole("new", slower=0.4))

    assert {one.word for one in found.changes} == {FASTER}
    assert found.regressions() == []


def test_a_slower_machine_is_no_regression():
    new = [dataclasses.replace(one, rounds=tuple(3 * value for value in one.rounds)) for one in whole("new").all]

    found = Costs(whole("old"), Measured(new)).changes
    assert {one.word for one in found} == {SAME}
    assert all(0.7 < one.ratio.value < 1.4 for one in found)


def test_a_change_as_large_as_that_of_its_limit_is_none():
    old = Measured(beside(sized(100, 1e-5, noise=0.01, limit="Connection"), Connection=1e-6))
    new = Measured(beside(sized(100, 0.9e-5, noise=0.01, limit="Connection"), Connection=0.6e-6))

    assert [one.word for one in Costs(old, new).changes] == [SAME]


def test_a_change_that_does_not_matter_is_none():
    found = Costs(whole("old", noise=0.001), whole("new", noise=0.001, slower=1.03))

    assert {one.word for one in found.changes} == {SAME}


def test_five_rounds_are_too_few_to_know():
    old, new = (Measured([sized(100, value, number=5)]) for value in (1e-5, 5e-5))
    found = Costs(old, new)

    assert [one.word for one in found.changes] == [UNKNOWN]
    assert found.conclusion.endswith("of 1 common figure; 1 measured in too few rounds to know (fewer than 6)")


def test_a_sentence_says_what_by_how_much_and_how_sure():
    old, new = (
        Measured([measurement(value, "hand over", "put", parameters={"size": 1 << 20}, start_method="", noise=0.03)])
        for value in (1e-5, 1.31e-5)
    )
    (change,) = Costs(old, new).changes

    low, high = change.ratio.low, change.ratio.high
    assert change.sentence == f"put of 1 MiB: {change.ratio.value:.2f}x slower (95 %: {low:.2f}-{high:.2f})"


def test_a_faster_one_is_said_by_its_own_factor():
    old, new = (Measured([sized(100, value, noise=0.01, start_method="spawn")]) for value in (3e-5, 1e-5))
    (change,) = Costs(old, new).changes

    assert change.sentence.startswith(f"transfer of 100 B, spawn: {1 / change.ratio.value:.2f}x faster (95 %: ")
    low, high = change.sentence.rpartition(": ")[2].rstrip(")").split("-")
    assert 2.5 < float(low) < 3 < float(high) < 3.5


def test_memory_is_more_and_not_slower():
    old, new = (
        Measured([measurement(value, "memory", "buffered item", unit=BYTES, noise=0.01)]) for value in (1000, 2000)
    )

    assert "x more (95 %" in Costs(old, new).changes[0].sentence


def test_only_regressions_above_a_factor_are_counted():
    found = Costs(whole("old", noise=0.03), whole("new", noise=0.03, slower=1.5))

    assert len(found.regressions(1.2)) == len(found.changes)
    assert found.regressions(2.0) == []


def test_what_is_in_one_run_alone_is_not_compared():
    old = Measured([sized(100, 1e-5), measurement(None, "token", problem="it hung")])
    new = Measured([sized(200, 1e-5), measurement(1e-5, "token")])

    assert Costs(old, new).changes == []


def test_constant_values_are_compared():
    old, new, twin = (
        Measured([measurement(None, "at rest", "descriptors", unit="1", rounds=(value,) * 8)])
        for value in (2.0, 4.0, 2.0)
    )

    assert [one.word for one in Costs(old, new).changes] == [SLOWER]
    assert [one.word for one in Costs(old, twin).changes] == [SAME]


def test_data_for_json_has_no_numbers_that_json_lacks():
    old, new = (Measured([sized(100, value, number=1)]) for value in (1e-5, 1e-4))
    data = Costs(old, new).as_data()

    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert math.isclose(data[0]["value"], new.all[0].rounds[0] / old.all[0].rounds[0])


def test_rounds_of_these_tests_are_the_same_every_time():
    assert rounds(1.0) == rounds(1.0)
