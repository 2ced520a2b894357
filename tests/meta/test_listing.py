"""Rules on the command line: which there are, and all about one."""

import json
import subprocess
import sys

import pytest
from runs import CHECKOUT, environment

from queuespec.__main__ import main
from queuespec.rules import chapters

RULES = [rule for chapter in chapters() for rule in chapter.rules]


def listed(capsys, *options):
    """The slugs that ``queuespec list`` shows."""
    assert main(["list", *options, "--format", "json"]) == 0
    return [rule["slug"] for rule in json.loads(capsys.readouterr().out)]


def test_without_filters_all_rules_are_listed_in_reading_order(capsys):
    assert listed(capsys) == [rule.slug for rule in RULES]


@pytest.mark.parametrize(
    ("options", "fits"),
    [
        (["--chapter", "getting"], lambda rule: rule.chapter == "getting"),
        (["--kind", "SimpleQueue"], lambda rule: "SimpleQueue" in rule.kinds),
        (["--level", "hazard", "--level", "untested"], lambda rule: rule.level in ("hazard", "untested")),
        (["--system", "Windows"], lambda rule: not rule.systems or "Windows" in rule.systems),
        (["--system", "Linux"], lambda rule: not rule.systems or {"Linux", "POSIX"} & set(rule.systems)),
        (["--since", "3.13"], lambda rule: rule.since >= (3, 13)),
        (["--kind", "Manager.Queue", "--level", "promise"], lambda rule: "Manager.Queue" in rule.kinds),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_filters_choose(capsys, options, fits):
    wanted = [rule for rule in RULES if fits(rule) and ("promise" not in options or rule.level == "promise")]

    assert listed(capsys, *options) == [rule.slug for rule in wanted]


def test_people_get_a_line_a_rule(capsys):
    main(["list", "--chapter", "manager_queues", "--since", "3.13"])

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [["Manager", "queues"], ["manager.shutdown", "promise"]]


def test_nothing_found_is_said(capsys):
    assert main(["list", "--since", "99.0"]) == 0

    assert capsys.readouterr() == ("", "queuespec list: there is no such rule\n")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["list", "--level", "certain"], "'certain'"),
        (["list", "--since", "soon"], "'soon' is no version such as 3.13"),
        (["list", "everything"], "everything"),
        (["explain"], "slug"),
        (["spec", "--chek"], "--chek"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_is_answered_by_one_sentence(capsys, command, words):
    with pytest.raises(SystemExit) as end:
        main(command)

    assert end.value.code == 4
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert words in said[0]


def test_explain_says_all_about_a_rule(capsys):
    assert main(["explain", "manager.shutdown"]) == 0

    said = capsys.readouterr().out
    for words in (
        "manager.shutdown (promise)",
        "`get()` raises `ShutDown`",
        "Everybody learns",
        "since Python 3.13",
        "Manager.JoinableQueue",
        "https://docs.python.org/3/library/queue.html#queue.Queue.shutdown",
        "test_14_manager_queues.py:",
        "manager-queue-shuts-down-as-empty: get() of a manager's queue",
    ):
        assert words in said


def test_explain_gives_programs_the_same(capsys):
    assert main(["explain", "manager.shutdown", "--format", "json"]) == 0

    said = json.loads(capsys.readouterr().out)
    assert said["since"] == "3.13"
    assert "manager-queue-shuts-down-as-empty" in said["faults"]


def test_explain_says_why_a_behaviour_is_untested(capsys):
    assert main(["explain", "manager.slower"]) == 0

    assert "Speed is a fact of the machine" in capsys.readouterr().out


@pytest.mark.parametrize("slug", sorted(slug for rule in RULES for slug in (rule.slug, *rule.proves)))
def test_everything_can_be_explained(capsys, slug):
    assert main(["explain", slug]) == 0

    assert capsys.readouterr().out.startswith(slug)


@pytest.mark.parametrize(
    ("slug", "hint"),
    [
        ("simple.clos", "did you mean simple.close"),
        ("get.block-when-empty", "did you mean get.blocks-when-empty"),
        ("xyzzy", "queuespec list shows all"),
    ],
)
def test_a_mistyped_slug_is_answered_by_those_it_may_have_been(capsys, slug, hint):
    assert main(["explain", slug]) == 4

    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert f"there is no rule {slug!r}" in said[0]
    assert hint in said[0]


def test_a_reader_that_has_read_enough_sees_no_traceback():
    lister = subprocess.Popen(
        [sys.executable, "-m", "queuespec", "list", "--format", "json"],
        env=environment(PYTHONPATH=str(CHECKOUT / "src")),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    lister.stdout.close()

    _, said = lister.communicate(timeout=60)

    assert said == b""
