"""The grid of rules and faults, on the command line."""

import json

from samples import queuespec

from queuespec.report.grid import in_words


def test_the_grid_says_what_every_fault_is_meant_for_and_which_rules_one_alone_catches():
    shown = queuespec("faults")

    assert shown.returncode == 0, shown.stdout
    row = next(line.split(maxsplit=1) for line in shown.stdout.splitlines() if "order.fifo-in-process " in line)
    assert "lifo (meant)" in row[1]
    assert "caught only by" in shown.stdout


def test_one_fault_shows_its_own_rules_and_does_not_claim_to_be_the_only_one():
    shown = queuespec("faults", "lifo")

    assert "order.fifo-in-process" in shown.stdout
    assert "only" not in shown.stdout


def test_the_grid_is_data_as_well():
    data = json.loads(queuespec("faults", "lifo", "--format", "json").stdout)

    assert data["faults"] == [{"fault": "lifo", "sentence": "What a process has put last comes out first."}]
    found = {rule["rule"]: rule["faults"] for rule in data["rules"]}
    assert found["order.fifo-in-process"] == {"lifo": "meant"}
    assert found["ctx.default-first"] == {}


def test_a_rule_that_no_fault_catches_is_named():
    assert in_words({}, all_faults=True) == "caught by no fault"
    assert in_words({"lifo": "deviates"}, all_faults=True) == "caught only by lifo (deviates)"
    assert in_words({"a": "hangs", "b": "meant"}, all_faults=True) == "a (hangs), b (meant)"


def test_an_unknown_fault_is_answered_by_one_sentence():
    shown = queuespec("faults", "lif")

    assert (shown.returncode, shown.stderr) == (4, "queuespec faults: there is no fault 'lif'; did you mean lifo?\n")


def test_the_grid_can_be_found_anew():
    rules = ("--rule", "order.fifo-in-process", "--rule", "cap.freed-by-get")

    shown = queuespec("faults", "lifo", "--judge", "--start-method", "spawn", "--format", "json", *rules)

    found = {rule["rule"]: rule["faults"] for rule in json.loads(shown.stdout)["rules"]}
    assert found == {"order.fifo-in-process": {"lifo": "deviates"}, "cap.freed-by-get": {}}
    assert "1 of 1 faults: lifo" in shown.stderr
