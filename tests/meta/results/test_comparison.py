"""What changed between two runs: said in sentences, and never a wrong "no regression"."""

import json
import os
import shlex
import subprocess
import sys

import pytest
from runs import environment
from samples import CHECKOUT, finding, queuespec, text_of, text_of_exploring, verdict

from queuespec.__main__ import main

OURS = environment(PYTHONPATH=str(CHECKOUT / "src"))


@pytest.fixture
def compare(tmp_path, capsys):
    """Compares two lists of verdicts: exit status and output."""

    def run(old, new, *options, old_header=None, new_header=None):
        (tmp_path / "old.jsonl").write_text(text_of(old, **(old_header or {})))
        (tmp_path / "new.jsonl").write_text(text_of(new, **(new_header or {})))
        status = main(["compare", str(tmp_path / "old.jsonl"), str(tmp_path / "new.jsonl"), *options])
        told = capsys.readouterr()
        return status, told.out + told.err

    return run


NEWER = {"python_version": "3.14.2"}
A, B = verdict("a.rule"), verdict("b.rule")


def test_a_regression_is_a_sentence_and_exit_status_1(compare):
    now = verdict("a.rule", "hangs", explanation="get() was still running after 10 s")

    status, told = compare([A, B], [now, B], new_header=NEWER)

    assert status == 1
    assert "CPython 3.14.1 -> 3.14.2, fork: a.rule (Queue) conforms -> hangs" in told
    assert "get() was still running after 10 s" in told
    assert "possible cause: Python" in told
    assert "1 regression in 2 common verdicts" in told


@pytest.mark.parametrize(
    ("before", "after", "group", "status"),
    [
        ("conforms", "deviates", "regressions", 1),
        ("deviates", "hangs", "regressions", 1),
        ("hangs", "crashes", "regressions", 1),
        ("conforms", "unsupported", "regressions", 1),
        ("hangs", "conforms", "repairs", 0),
        ("crashes", "deviates", "repairs", 0),
        ("conforms", "not-applicable", "no-longer-judged", 0),
        ("deviates", "unsupported", "no-longer-judged", 0),
        ("unsupported", "deviates", "newly-judged", 0),
        ("not-applicable", "hangs", "newly-judged", 0),
    ],
)
def test_each_change_has_its_group_and_only_a_regression_fails(compare, before, after, group, status):
    found, told = compare([verdict("a.rule", before), B], [verdict("a.rule", after), B], "--format", "json")

    groups = {name for name, value in json.loads(told).items() if isinstance(value, list)}
    assert {name for name in groups if json.loads(told)[name]} == {group}
    assert found == status


def test_a_danger_that_appears_is_told_but_does_not_fail(compare):
    hazard = {"level": "hazard", "gates": False}

    status, told = compare([A, verdict("a.danger", "absent", **hazard)], [A, verdict("a.danger", "shown", **hazard)])

    assert status == 0
    assert "Changes that do not gate (1)" in told
    assert "a.danger (Queue) absent -> shown" in told


def test_what_did_not_change_is_no_news(compare):
    bad = verdict("c.rule", "hangs")

    status, told = compare([A, bad], [A, bad])

    assert status == 0
    assert told.endswith("no regressions in 2 common verdicts\n")
    assert "c.rule" not in told


def test_new_and_withdrawn_rules_are_kept_apart(compare):
    status, told = compare(
        [A, verdict("old.rule")],
        [A, verdict("new.rule", "hangs")],
        new_header={"rule_set": "fedcba9876543210", "queuespec": "0.2.0"},
    )

    assert status == 0
    assert "New rules (1)\n  possible cause: rule set\n" in told
    assert "CPython 3.14.1, fork: new.rule (Queue) not judged -> hangs" in told
    assert "Withdrawn rules (1)" in told
    assert "changed: rule set: queuespec 0.1.0 (0123456789abcdef) -> 0.2.0 (fedcba9876543210)" in told


def test_a_verdict_that_is_gone_under_the_same_rules_is_not_taken_for_well(compare):
    status, told = compare([A, B], [A])

    assert status == 0
    assert "No longer judged (1)" in told
    assert "no regressions in 1 common verdict; 1 verdict of the old run is no longer judged" in told


def test_a_rule_that_says_something_else_now_is_told_as_the_reason(compare):
    _, told = compare([A, B], [verdict("a.rule", "deviates", sentence="another"), verdict("b.rule", "hangs")],
                      new_header={**NEWER, "rule_set": "fedcba9876543210"})  # fmt: skip

    assert "possible cause: the rule itself\n    CPython 3.14.1 -> 3.14.2, fork: a.rule" in told
    assert "possible cause: Python\n    CPython 3.14.1 -> 3.14.2, fork: b.rule" in told


def test_implementation_and_system_are_named_where_they_changed(compare):
    other = {"implementation": "billiard", "implementation_version": "4.2", "system": "Darwin", "machine": "arm64"}

    _, told = compare([A], [verdict("a.rule", "hangs")], new_header=other)

    assert "possible cause: implementation and OS" in told
    assert "multiprocessing -> billiard 4.2, CPython 3.14.1, Linux x86_64 -> macOS arm64, fork: a.rule" in told


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"python_implementation": "pypy", "python_version": "7.3.20"}, "CPython 3.14.1 -> PyPy 7.3.20"),
        ({"python_build": "main Jul 1"}, "CPython 3.14.1, build unknown -> main Jul 1"),
    ],
    ids=["implementation", "build"],
)
def test_another_python_of_the_same_version_is_a_possible_cause(compare, other, said):
    _, told = compare([A], [verdict("a.rule", "hangs")], new_header=other)

    assert f"changed: Python: {said}\n" in told
    assert "possible cause: Python\n" in told


def test_options_that_changed_are_told_in_words(compare):
    _, told = compare(
        [A],
        [A],
        old_header={"options": {"keyword": "", "rules": ["a.rule", "b.rule"]}},
        new_header={"options": {"keyword": "get", "rules": [], "crowd": 2, "deviations": ["known.toml"]}},
    )

    assert "changed: options: crowd unknown -> 2, keyword none -> get, rules a.rule b.rule -> none\n" in told


def test_kinds_with_the_same_change_share_a_sentence(compare):
    kinds = ("Queue", "JoinableQueue")

    _, told = compare(
        [verdict("a.rule", kind=kind) for kind in kinds], [verdict("a.rule", "hangs", kind=kind) for kind in kinds]
    )

    assert "fork: a.rule (Queue, JoinableQueue) conforms -> hangs" in told
    assert "2 regressions in 2 common verdicts" in told


def test_a_rule_that_does_not_gate_is_reported_and_fails_nothing(compare):
    status, told = compare([verdict("a.rule", gates=False)], [verdict("a.rule", "hangs", gates=False)])

    assert status == 0
    assert "Changes that do not gate (1)" in told


def test_what_was_declared_unstable_is_reported_and_fails_nothing(compare):
    declared = {"expected": "hangs", "reason": "it depends on the load", "unstable": True}

    status, told = compare([A], [verdict("a.rule", "hangs", declared=declared)])

    assert status == 0
    assert "Changes that are expected to be unstable (1)" in told
    assert "it depends on the load" in told


def test_two_runs_with_nothing_in_common_cannot_be_compared(compare):
    status, told = compare([A], [verdict("a.rule", start_method="spawn")])

    assert status == 4
    assert "have no judged verdict in common" in told


def test_a_run_with_missing_verdicts_cannot_be_compared(compare):
    status, told = compare([A, B], [A, verdict("b.rule", "not-run")])

    assert status == 4
    assert "new.jsonl: cut short: 1 planned verdict missing" in told
    assert told.count("\n") == 1


def test_markdown_holds_no_markup_of_others(compare):
    now = verdict("a.rule", "deviates", explanation="it returned '<script>|`x`'")

    status, told = compare([A], [now], "--format", "markdown")

    assert status == 1
    assert "### Regressions (1)" in told
    assert "&lt;script&gt;\\|\\`x\\`" in told


def test_from_outside_it_is_plain_text_and_an_exit_status(tmp_path):
    (tmp_path / "old.jsonl").write_text(text_of([A]))
    (tmp_path / "new.jsonl").write_text(text_of([verdict("a.rule", "hangs")]))

    run = queuespec("compare", tmp_path / "old.jsonl", tmp_path / "new.jsonl", PYTHONIOENCODING="ascii")

    assert run.returncode == 1
    assert "a.rule (Queue) conforms -> hangs" in run.stdout
    assert "\x1b" not in run.stdout


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """The words that compare two files, and the exit status that belongs to them."""
    directory = tmp_path_factory.mktemp("compared")
    bad, good = (directory / name for name in ("bad", "good"))
    bad.write_text(
        text_of([verdict("a.rule", explanation="x" * 100)] + [verdict(f"r{n}", "hangs") for n in range(3000)])
    )
    good.write_text(text_of([verdict("a.rule")] + [verdict(f"r{number}") for number in range(3000)]))
    words = [sys.executable, "-m", "queuespec", "compare"]
    return {0: [*words, str(bad), str(good)], 1: [*words, str(good), str(bad)]}


@pytest.mark.parametrize("status", [0, 1])
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_reader_that_has_read_enough_changes_no_exit_status(compared, status, form):
    words = [*compared[status], "--format", form]
    with subprocess.Popen(words, env=OURS, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as comparing:
        comparing.stdout.read(10)
        comparing.stdout.close()  # communicate() would read it, on Windows

        assert comparing.stderr.read() == b""
    assert comparing.returncode == status


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a disk that is full")
@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_what_cannot_be_written_is_one_sentence_and_no_regression(compared, form):
    with open("/dev/full", "w") as full:
        run = subprocess.run([*compared[1], "--format", form], env=OURS, stdout=full, stderr=subprocess.PIPE, text=True)

    assert run.returncode == 4
    assert run.stderr == "queuespec compare: cannot write the output: No space left on device\n"


@pytest.mark.skipif(os.name == "nt", reason="needs a shell that closes streams")
def test_without_any_output_there_is_still_the_exit_status(compared):
    line = " ".join(map(shlex.quote, compared[1]))

    assert subprocess.run(["sh", "-c", f"{line} >&- 2>&-"], env=OURS).returncode == 1


@pytest.mark.parametrize("words", [["OLD"], ["OLD", "NEW", "--format", "xml"], ["OLD", "NEW", "a\x1b[31m\nb"]])
def test_arguments_that_cannot_be_used_are_one_sentence(capsys, words):
    with pytest.raises(SystemExit) as end:
        main(["compare", *words])

    told = capsys.readouterr().err
    assert end.value.code == 4
    assert told.startswith("queuespec compare: ")
    assert told.count("\n") == 1
    assert "\x1b" not in told


def test_a_file_that_is_missing_is_one_sentence(tmp_path):
    run = queuespec("compare", tmp_path / "nowhere", tmp_path / "nowhere")

    assert run.returncode == 4
    assert run.stderr.startswith("queuespec compare: ")
    assert run.stderr.count("\n") == 1


# Exploring


@pytest.fixture
def compare_findings(tmp_path, capsys):
    """Compares two lists of findings: exit status and output."""

    def run(old, new, *options, **new_header):
        (tmp_path / "old.jsonl").write_text(text_of_exploring(old))
        (tmp_path / "new.jsonl").write_text(text_of_exploring(new, **new_header))
        status = main(["compare", str(tmp_path / "old.jsonl"), str(tmp_path / "new.jsonl"), *options])
        told = capsys.readouterr()
        return status, told.out + told.err

    return run


def test_a_new_finding_is_a_sentence_and_exit_status_1(compare_findings):
    status, told = compare_findings([finding()], [finding(counts={"fork": 9, "spawn": 1})], **NEWER)

    assert status == 1
    assert "CPython 3.14.1 -> 3.14.2, spawn: order.fifo (Queue, lost) not found -> found" in told
    assert '"p-1" was got twice' in told
    assert "possible cause: Python" in told
    assert told.endswith("1 new finding, 0 gone; 1,230 runs before, 1,230 runs now\n")


@pytest.mark.parametrize(
    ("new", "header", "gone"),
    [
        ([finding("order")], {}, 1),
        ([], {}, 2),
        ([], {"start_methods": ("spawn",)}, 0),
        ([], {"options": {"kinds": ["SimpleQueue"]}}, 1),
        ([finding("order", counts={"spawn": 1, "fork": 1}), finding(kind="SimpleQueue")], {}, 0),
    ],
)
def test_a_finding_is_gone_where_it_could_have_been_found_again(compare_findings, new, header, gone):
    old = [finding("order"), finding(kind="SimpleQueue")]
    status, told = compare_findings(old, new, "--format", "json", **header)

    assert status == ("spawn" in str([one.counts for one in new]))
    assert len(json.loads(told)["gone-findings"]) == gone


def test_findings_and_verdicts_have_nothing_in_common(tmp_path, capsys):
    (tmp_path / "old.jsonl").write_text(text_of([A]))
    (tmp_path / "new.jsonl").write_text(text_of_exploring([finding()]))

    assert main(["compare", str(tmp_path / "old.jsonl"), str(tmp_path / "new.jsonl")]) == 4
    assert "nothing to compare" in capsys.readouterr().err


def test_a_table_leaves_findings_out(tmp_path, capsys):
    (tmp_path / "judged.jsonl").write_text(text_of([A]))
    (tmp_path / "explored.jsonl").write_text(text_of_exploring([finding()]))

    assert main(["table", str(tmp_path / "explored.jsonl"), str(tmp_path / "judged.jsonl")]) == 0
    assert "a.rule" in capsys.readouterr().out
    assert main(["table", str(tmp_path / "explored.jsonl")]) == 4
    assert "has findings of exploring and no verdicts" in capsys.readouterr().err
