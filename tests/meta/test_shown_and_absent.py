"""A hazard is shown where the queue has the danger, and absent, without a long wait, where it does not."""

import sys

import pytest
from runs import METHODS, asked

from queuespec.rules import chapters

HAZARDS = [rule.slug for chapter in chapters() for rule in chapter.rules if rule.level == "hazard" and rule.test]
A_FEW = ["hazard.join-before-drain", "look.empty-unreliable", "exit.no-flush-on-os-exit"]
SLOW = 6
"""Seconds that one verdict may take on a busy machine; half of the patience that a wait in vain would cost."""


@pytest.mark.thorough
@pytest.mark.skipif(sys.platform != "linux", reason="on other systems, not every danger has been seen yet")
def test_the_queues_of_the_standard_library_have_every_danger(judge):
    run = judge(*asked(HAZARDS, METHODS), parallel=True)

    assert {
        (one["rule"], one["kind"], one["start_method"]) for one in run.verdicts if one["verdict"] == "absent"
    } == set()
    assert {one["verdict"] for one in run.verdicts} == {"shown", "not-applicable"}


@pytest.mark.parametrize(
    ("hazards", "quiet"),
    [
        pytest.param(A_FEW, "1", id="a few"),  # one of them is absent if its process ends in quiet time
        pytest.param(HAZARDS, "0.1", id="all", marks=pytest.mark.thorough),
    ],
)
def test_a_queue_without_the_dangers_costs_no_patience(judge, hazards, quiet):
    words = ("-k", "not Manager", "--quiet-time", quiet)

    run = judge("--implementation", "better:kept-in-a-database", *words, *asked(hazards))

    assert "absent" in {verdict["verdict"] for verdict in run.verdicts}
    assert {one["verdict"] for one in run.verdicts} <= {"absent", "shown", "not-applicable"}
    assert [(one["rule"], one["seconds"]) for one in run.verdicts if one["seconds"] > SLOW] == []
    assert run.status == 0, run.output
