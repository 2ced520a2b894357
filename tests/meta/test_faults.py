"""Every fault is seen: the rules it is meant for turn red, and say why in the expected words. The others stay green."""

import importlib
import pkgutil

import pytest
from runs import CROSS_SECTION, asked, rest

from queuespec.cli.faults import start_methods_of
from queuespec.queues import faults
from queuespec.rules import chapters

FAULTS = sorted(module.name for module in pkgutil.iter_modules(faults.__path__))
BAD = {"deviates", "hangs", "crashes"}
EVERYTHING = "everything"
"""COLLATERAL of a fault that is hardly a queue any more."""

A_FEW = (
    "children_are_daemons",
    "close_drops_the_buffer",
    "full_one_late",
    "get_hangs_in_c",
    "join_returns_at_once",
    "like_macos",
    "lifo",
    "loses_items",
    "manager_queue_is_a_stack",
    "qsize_is_negative",
    "simple_is_a_stack",
    "timeouts_ignored",
)
"""Faults of many chapters, for a run that is not thorough."""


def reds(run, slugs):
    """Of these rules, what is red and how, for a person."""
    return {slug: run.words(slug) for slug in slugs if run.words(slug) & BAD}


def silent(run, breaks):
    """What these rules said where none of their verdicts is red for the right reason."""
    return {
        slug: [(verdict["verdict"], verdict["explanation"]) for verdict in run.of(slug)]
        for slug, words in breaks.items()
        if run.words(slug) != {"not-applicable"}
        if not any(verdict["verdict"] in BAD and words in verdict["explanation"] for verdict in run.of(slug))
    }


@pytest.mark.parametrize("fault", rest(FAULTS, A_FEW))
def test_a_fault_turns_the_rules_it_breaks_red_and_no_others(judge, fault):
    module = importlib.import_module(f"queuespec.queues.faults.{fault}")
    methods = start_methods_of(module)
    if not methods:
        pytest.skip("this fault would be none here, or needs what this platform lacks")
    collateral = getattr(module, "COLLATERAL", ())
    green = getattr(module, "CONFORMS", ())
    if collateral != EVERYTHING:
        green = {*green, *CROSS_SECTION} - {*module.BREAKS, *collateral}
    name = ("--implementation", f"fault:{fault.replace('_', '-')}")

    run = judge(*name, "--patience", "2", *asked((*module.BREAKS, *green), methods))

    if module.BREAKS and all(run.words(slug) == {"not-applicable"} for slug in module.BREAKS):
        pytest.skip("none of the rules that it breaks applies here")
    unsaid = silent(run, module.BREAKS)
    if unsaid:  # on a busy machine two seconds may be too short, and a race may have but one runner
        again = judge(*name, "--patience", "20", *asked(unsaid, methods))
        assert not silent(again, {slug: module.BREAKS[slug] for slug in unsaid}), again.output
    assert "not-run" not in {verdict["verdict"] for verdict in run.verdicts}, run.output
    accused = reds(run, green)
    if accused:
        again = judge(*name, "--patience", "20", *asked(accused, methods))
        assert not reds(again, accused), again.output


def test_every_tested_rule_is_broken_by_a_fault():
    broken = {slug for fault in FAULTS for slug in importlib.import_module(f"queuespec.queues.faults.{fault}").BREAKS}
    green = [rule.slug for chapter in chapters() for rule in chapter.rules if rule.test and rule.slug not in broken]

    assert not green, f"{len(green)} rules are broken by no fault: {', '.join(green)}"
