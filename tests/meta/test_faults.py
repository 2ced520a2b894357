"""Every fault is seen: the rules it is meant for turn red, and say why in the expected words. The others stay green."""

import dataclasses
import re

import pytest
from runs import CROSS_SECTION, NEED_NOT_HAVE, PICKLED_BY_PUT, PLATFORMS, RELEASED, asked, facts_of, rest

from queuespec.cli.faults import start_methods_of
from queuespec.queues.declare import EVERYTHING, faults
from queuespec.rules import chapters

FAULTS = faults()
RULES = {rule.slug: rule for chapter in chapters() for rule in chapter.rules if rule.test}
BAD = {"absent", "deviates", "hangs", "crashes"}

NO_SENTENCE = re.compile(
    r"^assert |^Traceback|^(?!.*(should have|had not|did not|still running)).* (==|!=|is|in|not in|[<>]=?) "
)
"""What says to a stranger neither what was called nor what was expected: ``1 == 0``."""

A_FEW = ("close-drops-the-buffer", "get-hangs-in-c", "like-macos", "manager-queue-is-a-stack")
"""Faults of many chapters, for a run that is not thorough."""


def reds(run, slugs):
    """Of these rules, what is red and how, for a person."""
    return {slug: run.words(slug) for slug in slugs if run.words(slug) & BAD}


def does_not_apply(verdict):
    """Whether a rule does not apply to the platform; one that does not apply to the fault does not notice it."""
    by_the_queue = verdict["explanation"] == PICKLED_BY_PUT or verdict["explanation"].endswith(NEED_NOT_HAVE)
    return verdict["verdict"] == "not-applicable" and not by_the_queue


def silent(run, breaks):
    """What these rules said where none of their verdicts is red for the right reason."""
    return {
        slug: [(verdict["verdict"], verdict["explanation"]) for verdict in run.of(slug)]
        for slug, words in breaks.items()
        if not all(map(does_not_apply, run.of(slug)))
        if not any(verdict["verdict"] in BAD and words in verdict["explanation"] for verdict in run.of(slug))
    }


@pytest.mark.parametrize("name", rest(FAULTS, A_FEW))
def test_a_fault_turns_the_rules_it_breaks_red_and_no_others(judge, name):
    fault = FAULTS[name]
    methods = start_methods_of(fault)
    if not methods:
        pytest.skip("this fault is not wrong here, or needs what this platform lacks")
    green = set(fault.conforms)
    if fault.collateral != EVERYTHING:
        green |= set(CROSS_SECTION) - {*fault.breaks, *fault.collateral}
    options = ("--implementation", f"fault:{name}")

    run = judge(*options, "--patience", "2", *asked((*fault.breaks, *green), methods))

    meant = fault.breaks or fault.conforms
    assert any(run.words(slug) != {"not-applicable"} for slug in meant), (
        "none of the rules that it is about applies here"
    )
    unsaid = silent(run, fault.breaks)
    if unsaid:  # on a busy machine two seconds may be too short, and a race may have but one runner
        again = judge(*options, "--patience", "20", *asked(unsaid, methods))
        assert not silent(again, {slug: fault.breaks[slug] for slug in unsaid}), again.output
    assert "not-run" not in {verdict["verdict"] for verdict in run.verdicts}, run.output
    assert [
        one["explanation"] for one in run.verdicts if one["verdict"] in BAD and NO_SENTENCE.search(one["explanation"])
    ] == []
    accused = reds(run, green)
    if accused:
        again = judge(*options, "--patience", "20", *asked(accused, methods))
        assert not reds(again, accused), again.output


@pytest.mark.parametrize("minor", RELEASED)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_fault_is_declared_only_where_a_rule_can_notice_it(monkeypatch, platform, minor):
    system, methods = PLATFORMS[platform]
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setattr("multiprocessing.get_all_start_methods", lambda: list(methods))

    def is_noticed(fault):
        facts = facts_of(system, (3, minor, 0), start_methods=methods, implementation=f"fault:{fault.name}")
        facts = dataclasses.replace(facts, **fault.pretends)
        meant = [RULES[slug] for slug in fault.breaks or fault.conforms]
        return any(not rule.not_applicable(facts, method) for rule in meant for method in start_methods_of(fault))

    assert [name for name, fault in FAULTS.items() if start_methods_of(fault) and not is_noticed(fault)] == []


def test_a_fault_names_rules_that_exist():
    named = {
        name: {*fault.breaks, *fault.conforms, *(fault.collateral if fault.collateral != EVERYTHING else ())}
        for name, fault in FAULTS.items()
    }

    assert {name: slugs - set(RULES) for name, slugs in named.items() if slugs - set(RULES)} == {}


def test_every_tested_rule_is_broken_by_a_fault():
    broken = {slug for fault in FAULTS.values() for slug in fault.breaks}
    green = [slug for slug in RULES if slug not in broken]

    assert not green, f"{len(green)} rules are broken by no fault: {', '.join(green)}"
