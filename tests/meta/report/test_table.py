"""Tables: any number of results as one; for terminals, for Markdown, for machines; and for GitHub Actions."""

import io
import json

import pytest
from rich.text import Text
from runs import ACCUSING
from samples import RULE, header, text_of, verdict

from queuespec import results
from queuespec.__main__ import main
from queuespec.report import github, table
from queuespec.report.console import console_for, show
from queuespec.results.merging import Merged


@pytest.fixture
def merge(tmp_path, capsys):
    """Merges texts of files: exit status and output."""

    def run(*texts, options=()):
        paths = []
        for number, text in enumerate(texts):
            paths.append(tmp_path / f"{number}.jsonl")
            paths[-1].write_text(text)
        status = main(["table", *map(str, paths), *options])
        told = capsys.readouterr()
        return status, told.out + told.err

    return run


SPAWNED = verdict(start_method="spawn")


def test_each_start_method_of_each_python_is_a_column_with_date_and_version(merge):
    status, told = merge(
        text_of([verdict(), SPAWNED]),
        text_of([verdict(verdict="hangs")], python_version="3.13.0", start_methods=("fork",)),
    )

    heads = [line.split("   ") for line in told.splitlines()]
    assert status == 0
    assert told.count("CPython 3.14.1") == 2
    assert told.count("CPython 3.13.0") == 1
    assert told.count("2026-01-02") == 3
    assert [word.strip() for word in heads[-2] if word.strip()][-3:] == ["conforms", "conforms", "hangs"]


def test_kinds_that_differ_are_named(merge):
    _, told = merge(text_of([verdict(), verdict(verdict="hangs", kind="JoinableQueue")]))

    assert "hangs (JoinableQueue)" in told


def test_the_kinds_that_have_a_danger_are_named(merge):
    hazard = {"level": "hazard", "gates": False}
    _, told = merge(text_of([verdict("a", "absent", **hazard), verdict("a", "shown", kind="JoinableQueue", **hazard)]))

    assert "shown (JoinableQueue)" in told


def test_what_is_expected_or_unstable_says_so(merge):
    expected = {"expected": "hangs", "reason": "It waits in C.", "link": "", "unstable": False}

    _, told = merge(text_of([verdict(verdict="hangs", declared=expected)]))
    _, unstable = merge(text_of([verdict(declared={**expected, "unstable": True})]))

    assert "hangs (expected)" in told
    assert "conforms (unstable)" in unstable


def test_a_column_that_was_cut_short_says_so(merge):
    whole = text_of([verdict(), SPAWNED])

    status, told = merge(whole[: whole.index("\n", whole.index("\n") + 1) + 30])

    assert status == 0
    assert "cut short after 1 verdict" in told


def test_the_same_verdict_twice_is_refused(merge):
    status, told = merge(text_of([verdict()]), text_of([verdict(verdict="hangs")]))

    assert status == 4
    assert "both have a verdict for get.blocks-when-empty Queue fork" in told
    assert told.count("\n") == 1


def test_the_same_file_twice_is_refused_whatever_its_name(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").write_text(text_of([verdict()]))

    assert main(["table", "a", "a"]) == 4

    assert "a and a both have a verdict for" in capsys.readouterr().err


def test_parts_of_one_run_are_merged_into_one_column(merge):
    status, told = merge(text_of([verdict()]), text_of([verdict("b.rule")]), options=["--format", "json"])

    assert status == 0
    assert [column["start_method"] for column in json.loads(told)["columns"]] == ["fork", "spawn"]
    assert [row["cells"][0]["verdict"] for row in json.loads(told)["rows"]] == ["conforms", "conforms"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rule_set": "fedcba9876543210"}, "were judged by different rules"),
        ({"python_build": "main"}, "differ in python_build"),
    ],
)
def test_headers_that_do_not_fit_are_refused(merge, changes, words):
    status, told = merge(text_of([verdict()]), text_of([verdict("b.rule")], **changes))

    assert status == 4
    assert words in told
    assert told.count("\n") == 1


def test_two_releases_of_a_system_are_two_columns_that_say_so(merge):
    one, two = (text_of([verdict()], release=release, start_methods=("fork",)) for release in ("6.1", "6.8"))

    status, told = merge(one, two)

    assert status == 0
    assert "6.1" in told
    assert "6.8" in told


def test_markdown_is_a_table_with_a_row_a_rule(merge):
    _, told = merge(text_of([verdict(), SPAWNED]), options=["--format", "markdown"])

    assert "| get.blocks-when-empty | conforms | conforms |" in told


def test_a_table_wider_than_the_terminal_comes_in_parts(tmp_path):
    path = tmp_path / "some.jsonl"
    path.write_text(text_of([verdict(), SPAWNED]))
    output = io.StringIO()

    table.to_terminal(Merged([results.read(path)]), console_for(output, width=50))

    assert output.getvalue().count("rule ") == 2
    assert max(len(line) for line in output.getvalue().splitlines()) <= 50


def test_a_part_has_rows_only_for_the_rules_that_have_a_verdict_there(tmp_path):
    path = tmp_path / "some.jsonl"
    path.write_text(text_of([verdict("a.rule"), verdict("b.rule", start_method="spawn", chapter="other")]))
    output = io.StringIO()

    table.to_terminal(Merged([results.read(path)]), console_for(output, width=40))

    one, two = output.getvalue().split("2026-01-02")[1:]
    assert ["a.rule" in one, "b.rule" in one, "other" in one] == [True, False, False]
    assert ["a.rule" in two, "b.rule" in two, "other" in two] == [False, True, True]


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_colours_are_for_terminals_only_and_not_under_NO_COLOR(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    outputs = [Terminal(), io.StringIO(), Terminal(), Terminal()]
    show(console_for(outputs[0]), Text("conforms", style="green"))
    show(console_for(outputs[1]), Text("conforms", style="green"))
    monkeypatch.setenv("NO_COLOR", "1")
    show(console_for(outputs[2]), Text("conforms", style="green"))
    monkeypatch.setenv("NO_COLOR", "")
    show(console_for(outputs[3]), Text("conforms", style="green"))

    assert ["\x1b" in output.getvalue() for output in outputs] == [True, False, False, True]
    assert all("conforms" in output.getvalue() for output in outputs)


# GitHub Actions

HANGING = (
    *("--implementation", "fault:get-hangs-in-c", "--start-method", ACCUSING, "--patience", "1"),
    *("--rule", RULE, "-k", f"{ACCUSING}-Queue or {ACCUSING}-Joinable"),
)
"""A rule that is judged twice."""


def test_under_github_a_run_writes_its_table_and_one_annotation_a_deviating_rule(judge, tmp_path):
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")

    run = judge(*HANGING, "-n2", parallel=True, env={"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)})

    annotations = [line for line in run.output.splitlines() if line.startswith("::error")]
    assert len(annotations) == 1
    assert annotations[0].startswith("::error file=tests/spec/test_getting.py,line=")
    assert f"title={RULE}::" in annotations[0]
    assert summary.read_text(encoding="utf-8").startswith("before\n\n### fault:get-hangs-in-c on CPython")
    assert "| get.blocks-when-empty | hangs |" in summary.read_text(encoding="utf-8")
    assert summary.read_text(encoding="utf-8").count("### ") == 1, "workers write no summary of their own"


@pytest.fixture
def tell(tmp_path, monkeypatch):
    """Tells GitHub of these verdicts: the step summary, and the lines that were written to the log."""
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))

    def run(verdicts, problems=()):
        lines = []
        github.write(header(), verdicts, list(problems), {}, lines.append)
        return summary.read_bytes(), lines

    return run


def test_elsewhere_nobody_is_told(tell, tmp_path, monkeypatch):
    (tmp_path / "summary.md").touch()
    monkeypatch.setenv("GITHUB_ACTIONS", "")

    assert tell([verdict(verdict="hangs")]) == (b"", [])


MANY = [verdict(f"{'x' * 150}.{number}", "deviates", explanation="\u4e16" * 900) for number in range(6000)]


def test_a_step_summary_is_never_longer_than_github_takes_and_says_what_is_left_out(tell):
    summary, annotations = tell(MANY, ["\u4e16" * 900] * 1000)

    text = summary.decode("utf-8")
    assert 900_000 < len(summary) < 1024 * 1024
    assert " more\n" in text
    assert "The table is too long" in text[-100:]
    assert len(annotations) == 6000


def test_runs_of_one_step_share_its_summary(tell):
    first, second = (len(tell(verdicts)[0]) for verdicts in (MANY[:9], MANY))
    third, lines = tell(MANY)

    assert first < second == len(third) < 1024 * 1024
    assert lines[-1].startswith("the step summary is full")


@pytest.mark.usefixtures("tell")
def test_a_step_summary_that_cannot_be_written_is_said_in_the_log(tmp_path):
    (tmp_path / "summary.md").mkdir()
    lines = []

    github.write(header(), [verdict()], [], lambda one: None, lines.append)

    assert len(lines) == 1
    assert lines[0].startswith("cannot write the step summary: ")


def test_an_annotation_names_a_place_once(tell):
    _, lines = tell([verdict(verdict="hangs", parameters=str(number)) for number in range(3)])

    assert [line.count("fork Queue") for line in lines] == [1]


def test_an_annotation_cannot_be_ended_by_what_it_says():
    one = verdict(verdict="deviates", explanation="100%\n::error::more")

    assert github.annotation(None, [one]).count("\n") == 0
    assert "100%25%0A::error::more" in github.annotation(None, [one])
