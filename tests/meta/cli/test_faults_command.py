"""The grid of rules and faults, on the command line."""

import json
import multiprocessing
import sys
from types import SimpleNamespace

import pytest
from runs import outcomes

from queuespec.__main__ import main
from queuespec.cli.faults import in_words, is_idle, only_red, start_methods_of

# The grid as declared


def test_the_grid_says_what_every_fault_is_meant_for_and_which_rules_one_alone_catches(capsys):
    assert main(["faults"]) == 0

    shown = capsys.readouterr().out
    row = next(line.split(maxsplit=1) for line in shown.splitlines() if "order.fifo-in-process " in line)
    assert "lifo (meant)" in row[1]
    assert "only " in shown


def test_one_fault_shows_its_own_rules_and_does_not_claim_to_be_the_only_one(capsys):
    main(["faults", "lifo"])

    shown = capsys.readouterr().out
    assert "order.fifo-in-process" in shown
    assert "only" not in shown


def test_the_grid_is_data_as_well(capsys):
    main(["faults", "lifo", "--format", "json"])

    data = json.loads(capsys.readouterr().out)
    assert data["faults"] == [{"fault": "lifo", "sentence": "The last item that a process put is returned first."}]
    found = {rule["rule"]: rule["faults"] for rule in data["rules"]}
    assert found["order.fifo-in-process"] == {"lifo": "meant"}
    assert found["ctx.default-first"] == {}


def test_a_rule_that_no_fault_catches_is_named():
    assert in_words({}, all_faults=True) == "no fault breaks it"
    assert in_words({"lifo": "deviates"}, all_faults=True) == "only lifo (deviates)"
    assert in_words({"a": "hangs", "b": "meant"}, all_faults=True) == "a (hangs), b (meant)"
    assert in_words(None, all_faults=True) == "gave no verdict"


def test_an_unknown_fault_is_answered_by_one_sentence(capsys):
    assert main(["faults", "lif"]) == 4

    assert capsys.readouterr().err == "queuespec faults: there is no fault 'lif'; did you mean 'lifo'?\n"


# The grid as judged now


def by_rule(shown):
    """The faults of each rule, from the grid as data."""
    return {rule["rule"]: rule["faults"] for rule in json.loads(shown)["rules"]}


NOT_EVERYWHERE = ("faults", "close-does-nothing", "--judge", "--rule", "share.closed-not-sendable")
"""Judges a fault, which needs spawn, by a rule that does not apply under fork."""


def test_the_grid_can_be_found_anew_under_the_start_method_that_a_fault_needs():
    rules = ("--rule", "order.fifo-in-process", "--rule", "cap.freed-by-get")

    (_, shown, said), (status, told, _) = outcomes(
        ["faults", "lifo", "--judge", "--start-method", "spawn", "--format", "json", *rules], NOT_EVERYWHERE
    )

    assert by_rule(shown) == {"order.fifo-in-process": {"lifo": "deviates"}, "cap.freed-by-get": {}}
    assert "1 of 1 faults: lifo" in said
    assert "close-does-nothing (deviates)" in told
    assert status == 0


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="there is no fork here")
def test_a_rule_that_does_not_apply_is_not_one_that_nothing_catches_or_that_notices_nothing():
    under_fork = [*NOT_EVERYWHERE, "--start-method", "fork"]
    unnoticed = ("cancel-is-inherited", "--judge", "--start-method", "spawn", "--rule", "cancel.own-process-only")

    both, alone, idle = outcomes(
        [*under_fork, "--format", "json", "--rule", "share.close-ends-own-use"], under_fork, ["faults", *unnoticed]
    )

    assert both[0] == 0
    assert by_rule(both[1])["share.closed-not-sendable"] is None
    assert by_rule(both[1])["share.close-ends-own-use"] == {"close-does-nothing": "deviates"}
    assert alone[0] == 1, "a grid without any verdict is a failure"
    assert "1 more rule gave no verdict" in alone[1]
    assert idle[0] == 1, "a fault that no rule notices is a failure"
    assert "no rule is broken by cancel-is-inherited" in idle[1]


def test_a_fault_that_is_left_out_is_named(monkeypatch, capsys):
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", list)

    assert main(["faults", "lifo", "--judge"]) == 1

    assert capsys.readouterr().err == "queuespec faults: skipping lifo: it is not a fault on this platform\n"


def test_a_run_that_leaves_no_results_is_shown_with_its_last_words(monkeypatch, capsys):
    def end_immediately(words, supervisor):
        return SimpleNamespace(wait=lambda seconds: 3, close=lambda: None, output=lambda: "begun\nno space left\n")

    monkeypatch.setattr("queuespec.cli.faults.ProcessTree", end_immediately)

    assert main(["faults", "lifo", "--judge"]) == 1

    told = capsys.readouterr()
    assert told.err == "1 of 1 faults: lifo: no space left\n"
    assert "no rule is broken by lifo" in told.out


def test_a_fault_that_would_be_none_on_this_platform_has_no_start_method():
    def methods(start_methods=(), not_on=()):
        return start_methods_of(SimpleNamespace(start_methods=start_methods, not_on=not_on))

    assert methods(start_methods=("spawn", "of another platform")) == ["spawn"]
    assert methods(start_methods=("of another platform",)) == []
    assert methods(not_on=(sys.platform,)) == []
    assert len(methods()) == 1


def test_rules_without_a_judgement_have_no_row():
    verdicts = {"a": {"lifo": "not-applicable"}, "b": {"lifo": "conforms"}, "c": {"lifo": "hangs", "other": "conforms"}}

    assert only_red(verdicts) == {"b": {}, "c": {"lifo": "hangs"}}


def test_a_fault_is_idle_that_a_rule_meant_for_it_has_judged_in_vain_or_that_could_not_be_judged():
    verdicts = {"a": {"lifo": "not-applicable", "other": "conforms"}, "b": {"lifo": "conforms", "red": "hangs"}}

    assert is_idle("lifo", ["b"], verdicts)
    assert is_idle("unknown", ["b"], verdicts)
    assert not is_idle("lifo", ["a"], verdicts)
    assert not is_idle("other", ["b"], verdicts)
    assert not is_idle("red", ["a"], verdicts)
