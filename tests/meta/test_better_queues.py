"""Queues that do more than they must keep every promise: a rule that refuses one has made an accident a promise."""

import sys

import pytest
from runs import CROSS_SECTION, PICKLED_BY_PUT, asked

from queuespec.queues.declare import better_queues

BETTER = better_queues()


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        pytest.param("pickles-in-put", CROSS_SECTION, id="pickles-in-put-a cross-section"),
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


def test_a_rule_about_an_item_that_is_being_sent_does_not_apply_where_put_pickles_it(judge):
    slug = "cap.counts-unflushed"

    run = judge("--implementation", "better:pickles-in-put", *asked([slug, "order.fifo-in-process"]))

    assert {(one["verdict"], one["explanation"]) for one in run.of(slug)} == {("not-applicable", PICKLED_BY_PUT)}
    assert run.status == 0, run.output
