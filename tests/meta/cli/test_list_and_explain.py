"""Rules on the command line: which there are, and all about one."""

import functools
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from runs import CHECKOUT, environment

from queuespec.__main__ import main
from queuespec.results import expectations
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
        (["--platform", "Windows"], lambda rule: not rule.systems or "Windows" in rule.systems),
        (["--platform", "POSIX"], lambda rule: not rule.systems or {"POSIX", "Linux", "macOS"} & set(rule.systems)),
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

    title, *lines = capsys.readouterr().out.splitlines()
    wanted = [rule for rule in RULES if rule.chapter == "manager_queues" and rule.since >= (3, 13)]
    assert title == "Manager queues (manager_queues)"
    assert [line.split()[:2] for line in lines] == [[rule.slug, rule.level] for rule in wanted]


def test_nothing_found_is_said(capsys):
    assert main(["list", "--since", "99.0"]) == 5

    assert capsys.readouterr() == ("", "queuespec list: no rule passes all filters\n")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["list", "--level", "certain"], "'certain'"),
        (["list", "--since", "soon"], "'soon' is not a version such as 3.13"),
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
    (rule,) = [rule for rule in RULES if rule.slug == "manager.shutdown"]
    for words in (
        "manager.shutdown (promise)",
        rule.sentence,
        rule.why.splitlines()[0],
        "since Python 3.13",
        "Manager.JoinableQueue",
        "https://docs.python.org/3/library/queue.html#queue.Queue.shutdown",
        "test_manager_queues.py:",
        "manager-queue-shuts-down-as-empty: get() of a manager's queue",
    ):
        assert words in said


def test_explain_gives_programs_the_same(capsys):
    assert main(["explain", "manager.shutdown", "--format", "json"]) == 0

    said = json.loads(capsys.readouterr().out)
    assert said["since"] == "3.13"
    assert "manager-queue-shuts-down-as-empty" in said["faults"]


DEVIATING = """
[[deviation]]
rule = "manager.shutdown"
implementation = "some_queue"
version = "<2"
python-implementation = "pypy"
system = "Linux"
start-method = ["fork", "spawn"]
expect = "hangs"
unstable = true
reason = "It was written before."
link = "https://some.example/1"
"""


def test_explain_says_what_is_expected_to_deviate(capsys, tmp_path, monkeypatch):
    (tmp_path / "known.toml").write_text(DEVIATING)
    monkeypatch.setattr(expectations, "DIRECTORY", tmp_path)

    assert main(["explain", "manager.shutdown"]) == 0
    assert (
        "  deviates  some_queue <2, PyPy, Linux, fork, spawn: hangs, but not always: "
        "It was written before. (https://some.example/1)\n"
    ) in capsys.readouterr().out

    assert main(["explain", "manager.shutdown", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["expectations"][0]["implementation"] == "some_queue"

    assert main(["explain", "get.blocks-when-empty"]) == 0
    assert "deviates  no implementation is expected to deviate" in capsys.readouterr().out


def test_explain_shows_the_expectations_of_a_file(capsys, tmp_path):
    (tmp_path / "own.toml").write_text(DEVIATING)

    assert main(["explain", "manager.shutdown", "--expectations", str(tmp_path / "own.toml")]) == 0

    assert "some_queue <2" in capsys.readouterr().out


def test_explain_refuses_expectations_that_cannot_be_read_with_one_sentence(capsys):
    assert main(["explain", "manager.shutdown", "--expectations", "nowhere.toml"]) == 4

    assert capsys.readouterr().err.startswith("queuespec explain: cannot read nowhere.toml: ")


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize("width", [60, 80, 200])
@pytest.mark.parametrize("words", [["list"], ["explain", "manager.shutdown"]], ids=" ".join)
def test_a_terminal_gets_lines_that_fit_and_are_broken_between_words(monkeypatch, words, width):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("NO_COLOR", "1")

    assert main(words) == 0

    lines = terminal.getvalue().splitlines()
    assert [line for line in lines if len(line) > width and "https://" not in line and "test_" not in line] == []
    everything = " ".join(terminal.getvalue().split())
    assert all(rule.sentence in everything for rule in RULES if words == ["list"])


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp932"])
@pytest.mark.parametrize("words", [["list"], ["explain", "manager.shutdown"]], ids=" ".join)
def test_an_encoding_that_lacks_characters_is_no_traceback(monkeypatch, tmp_path, words, encoding):
    (tmp_path / "own.toml").write_text(DEVIATING.replace("before", "before \u2013 \u4e16\u754c"), encoding="utf-8")
    more = ["--expectations", str(tmp_path / "own.toml")] if words[0] == "explain" else []
    console = io.TextIOWrapper(io.BytesIO(), encoding)
    monkeypatch.setattr(sys, "stdout", console)

    assert main([*words, *more]) == 0

    assert b"manager.shutdown" in console.buffer.getvalue()


REPRODUCE = ["reproduce", "get.blocks-when-empty", "--start-method", "spawn", "--kind", "Queue"]
"""There is nothing to choose, so that no rule has to be judged for the program."""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is full")
@pytest.mark.parametrize("words", [["list"], ["explain", RULES[0].slug], REPRODUCE], ids=lambda words: words[0])
def test_an_output_that_takes_no_more_is_one_sentence(words):
    with open("/dev/full", "w") as full:
        run = subprocess.run(
            [sys.executable, "-m", "queuespec", *words],
            env=environment(PYTHONPATH=str(CHECKOUT / "src")),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )

    assert run.returncode == 4
    assert run.stderr == f"queuespec {words[0]}: cannot write the output: No space left on device\n"


def test_explain_says_why_a_behaviour_is_untested(capsys):
    assert main(["explain", "manager.slower"]) == 0

    assert "Speed depends on the machine" in capsys.readouterr().out


def test_everything_can_be_explained(capsys, monkeypatch):
    known = functools.cache(expectations.known)  # they are read anew for each rule otherwise
    monkeypatch.setattr(expectations, "known", known)

    for slug in sorted(slug for rule in RULES for slug in (rule.slug, *rule.proves)):
        assert (slug, main(["explain", slug])) == (slug, 0)
        assert capsys.readouterr().out.startswith(slug)


@pytest.mark.parametrize(
    ("slug", "hint"),
    [
        ("simple.clos", "did you mean 'simple.close'"),
        ("get.block-when-empty", "did you mean 'get.blocks-when-empty'"),
        ("GET.Blocks-When-Empty", "did you mean 'get.blocks-when-empty'"),
        ("get_blocks_when_empty", "did you mean 'get.blocks-when-empty'"),
        ("blocks-when-empty", "did you mean 'get.blocks-when-empty'"),
        ("xyzzy", "'queuespec list' lists all"),
    ],
)
def test_a_mistyped_slug_is_answered_by_those_it_may_have_been(capsys, slug, hint):
    assert main(["explain", slug]) == 4

    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert f"there is no rule {slug!r}" in said[0]
    assert hint in said[0]


def test_a_reader_that_has_read_enough_sees_no_traceback():
    words = [sys.executable, "-m", "queuespec", "list", "--format", "json"]
    env = environment(PYTHONPATH=str(CHECKOUT / "src"))
    with subprocess.Popen(words, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as lister:
        lister.stdout.close()  # communicate() would read it, on Windows

        assert lister.stderr.read() == b""
