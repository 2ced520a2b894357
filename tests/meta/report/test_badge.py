"""A badge says how many of the verdicts that gate conform, and nothing that a run does not."""

import json
import xml.etree.ElementTree

import pytest
from samples import header, queuespec, text_of, text_of_exploring, verdict

from queuespec.report.badge import BROKEN, EXPECTED, GOOD, UNKNOWN, Badge, as_endpoint, as_svg, badge
from queuespec.results import Results

DECLARED = {"expected": "hangs", "reason": "It polls.", "link": "", "unstable": False}


def of(*verdicts, cut_short=""):
    return badge([Results("x", header(), [*verdicts], cut_short)])


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([verdict(), verdict()], Badge("conforms 2/2", GOOD)),
        ([verdict(), verdict(verdict="not-applicable"), verdict(verdict="shown")], Badge("conforms 1/1", GOOD)),
        ([verdict(), verdict(verdict="deviates", gates=False)], Badge("conforms 1/1", GOOD)),
        ([verdict(), verdict(verdict="deviates"), verdict(verdict="hangs")], Badge("hangs 1/3", BROKEN)),
        ([verdict(), verdict(verdict="hangs", declared=DECLARED)], Badge("hangs 1/2", EXPECTED)),
        ([verdict(declared=DECLARED)], Badge("conforms 1/1", BROKEN)),
        ([verdict(), verdict(verdict="not-run")], Badge("incomplete 1/2", UNKNOWN)),
        ([verdict(verdict="unsupported")], Badge("nothing judged", UNKNOWN)),
    ],
)
def test_it_counts_what_gates(verdicts, expected):
    assert of(*verdicts) == expected


def test_a_run_that_was_cut_short_does_not_conform():
    assert of(verdict(), cut_short="the footer is missing") == Badge("incomplete 1/1", UNKNOWN)


def test_the_picture_is_valid_and_says_what_it_shows():
    root = xml.etree.ElementTree.fromstring(as_svg(Badge("conforms 2481/2481", GOOD)))

    assert root.get("aria-label") == "queuespec: conforms 2481/2481"
    assert [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")] == ["queuespec", "conforms 2481/2481"]
    assert int(root.get("width")) > 150


def test_the_data_is_what_shields_asks_for():
    assert json.loads(as_endpoint(Badge("conforms 2/2", GOOD))) == {
        "schemaVersion": 1, "label": "queuespec", "message": "conforms 2/2", "color": GOOD,
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        text_of([verdict(verdict="unsupported")]),
        text_of([verdict(verdict="shown", level="hazard")]),
        text_of([verdict()]).partition("\n")[0] + "\n",
        text_of_exploring([]),
    ],
    ids=["unsupported", "a hazard", "a header alone", "exploring"],
)
def test_a_badge_of_nothing_is_no_pass(tmp_path, text):
    (tmp_path / "x.jsonl").write_text(text)

    run = queuespec("badge", tmp_path / "x.jsonl", "--format", "json")

    assert run.returncode == 5
    assert json.loads(run.stdout) | {"schemaVersion": 1} == {
        "schemaVersion": 1, "label": "queuespec", "message": "nothing judged", "color": UNKNOWN,
    }  # fmt: skip
    assert run.stderr.startswith("queuespec badge: nothing to count: these files have no verdict that decides ")
    assert run.stderr.count("\n") == 1


def test_a_copy_of_a_run_is_counted_once(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.jsonl").write_text(text_of([verdict()]))

    run = queuespec("badge", *[tmp_path / f"{name}.jsonl" for name in "aba"], "--format", "json")

    assert (run.returncode, json.loads(run.stdout)["message"]) == (0, "conforms 1/1")
    said = [
        f"queuespec badge: {tmp_path / name} is the same run as {tmp_path / 'a.jsonl'}"
        for name in ("b.jsonl", "a.jsonl")
    ]
    assert run.stderr == "".join(f"{line}; it is used once\n" for line in said)


def test_the_command_counts_all_files(tmp_path):
    for number in range(2):
        text = text_of([verdict(), verdict(kind="JoinableQueue")], python_version=f"3.1{number}.1")
        (tmp_path / f"{number}.jsonl").write_text(text)
    files = [tmp_path / "0.jsonl", tmp_path / "1.jsonl"]

    shown = queuespec("badge", *files, "--format", "json")
    written = queuespec("badge", *files, "--output", tmp_path / "badge.svg")

    assert json.loads(shown.stdout)["message"] == "conforms 4/4"
    assert (written.returncode, written.stdout) == (0, "")
    assert ">conforms 4/4<" in (tmp_path / "badge.svg").read_text()


def test_a_place_that_cannot_be_written_to_is_one_sentence(tmp_path):
    (tmp_path / "x.jsonl").write_text(text_of([verdict()]))

    run = queuespec("badge", tmp_path / "x.jsonl", "--output", tmp_path / "nowhere" / "badge.svg")

    assert run.returncode == 4
    assert run.stderr.startswith("queuespec badge: cannot write ")
    assert run.stderr.count("\n") == 1


def test_the_results_are_not_replaced_by_their_badge(tmp_path):
    (tmp_path / "x.jsonl").write_text(text_of([verdict()]))

    run = queuespec("badge", tmp_path / "x.jsonl", "--output", tmp_path / "x.jsonl")

    assert run.returncode == 4
    assert "is the results file itself; name another output" in run.stderr
    assert (tmp_path / "x.jsonl").read_text() == text_of([verdict()])
