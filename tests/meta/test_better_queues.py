"""Queues that do more than they must keep every promise: a rule that refuses one has made an accident a promise."""

import sys

import pytest
from runs import CROSS_SECTION, NEED_NOT_HAVE, PICKLED_BY_PUT, asked, judged_says

from queuespec.queues.declare import better_queues
from queuespec.rules import chapters

BETTER = better_queues()
GATING = [rule.slug for chapter in chapters() for rule in chapter.rules if rule.level in ("promise", "platform")]


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        pytest.param("pickles-in-put", CROSS_SECTION, id="pickles-in-put-a cross-section"),
        *(pytest.param(name, GATING, id=name, marks=pytest.mark.thorough) for name in BETTER),
    ],
)
def test_a_better_queue_conforms(judge, name, rules):
    if sys.platform in BETTER[name].not_on:
        pytest.skip("this queue needs what the system lacks")
    # The machine may be busy with many other runs; a queue that does hang would still be found.
    options = ("--implementation", f"better:{name}", "-k", "not Manager", "--patience", "60")
    many = rules is GATING  # a few rules are judged sooner than workers start

    run = judge(*options, *(["-n4"] if many else []), *asked(rules), parallel=many, seconds=600)

    accused = [one for one in run.verdicts if one["verdict"] not in ("conforms", "not-applicable")]
    assert [(one["rule"], one["explanation"]) for one in accused] == []
    assert run.status == 0, run.output


def test_a_rule_about_an_item_that_is_being_sent_does_not_apply_where_put_pickles_it(judge):
    slug = "cap.counts-unflushed"

    run = judge("--implementation", "better:pickles-in-put", *asked([slug, "order.fifo-in-process"]))

    assert {(one["verdict"], one["explanation"]) for one in run.of(slug)} == {("not-applicable", PICKLED_BY_PUT)}
    assert run.status == 0, run.output


SHUTDOWN = tuple(f"shutdown.{word}" for word in ("put", "get", "immediate", "wakes-get", "wakes-put", "everywhere"))
JOIN = ("join.timeout", "join.timeout-done")


@pytest.mark.parametrize(
    ("name", "slugs"),
    [("has-shutdown", SHUTDOWN), ("join-takes-a-timeout", JOIN), ("join-times-out", JOIN)],
    ids=["has-shutdown", "join-takes-a-timeout", "join-times-out"],
)
def test_a_queue_that_has_a_pending_change_conforms_to_its_rules(judge, name, slugs):
    if sys.platform in BETTER[name].not_on:
        pytest.skip("this queue needs what the system lacks")
    if slugs == SHUTDOWN and judged_says("hasattr(__import__('queue'), 'ShutDown')") == "False":
        pytest.skip("this Python has no ShutDown")

    run = judge("--implementation", f"better:{name}", *asked(slugs))

    assert {slug: run.words(slug) for slug in slugs} == {slug: {"conforms"} for slug in slugs}


def test_rules_of_pending_changes_do_not_apply_to_a_queue_without_them(judge):
    run = judge(*asked([*SHUTDOWN, *JOIN, "order.fifo-in-process"]))

    assert {slug: run.words(slug) for slug in (*SHUTDOWN, *JOIN)} == {
        slug: {"not-applicable"} for slug in (*SHUTDOWN, *JOIN)
    }
    assert {one["explanation"] for slug in JOIN for one in run.of(slug)} == {
        f"the queue does not have join(timeout){NEED_NOT_HAVE}"
    }
    assert run.status == 0, run.output
