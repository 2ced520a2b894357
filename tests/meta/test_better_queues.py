"""Queues that do more than they must keep every promise: a rule that refuses one has made an accident a promise."""

import sys

import pytest
from runs import CROSS_SECTION, asked

from queuespec.queues.declare import better_queues

BETTER = better_queues()


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        pytest.param("empty-never-lags", CROSS_SECTION, id="empty-never-lags-a cross-section"),
        *(pytest.param(name, (), id=name, marks=pytest.mark.thorough) for name in BETTER),
    ],
)
def test_a_better_queue_conforms(judge, name, rules):
    if sys.platform in BETTER[name].not_on:
        pytest.skip("this queue needs what the system lacks")
    options = ("--implementation", f"better:{name}", "-k", "not Manager")

    whole = () if rules else ("-n4",)  # a few rules are judged sooner than workers start

    run = judge(*options, *whole, *asked(rules), parallel=not rules, seconds=600)

    words = {verdict["verdict"] for verdict in run.verdicts if verdict["level"] in ("promise", "platform")}
    assert words <= {"conforms", "not-applicable"}
    assert run.status == 0, run.output
