"""What a person meets first: help of one screen, a version, one sentence for a slip, the same statuses everywhere."""

import os
import platform
import subprocess
import sys
import time
from pathlib import Path

import pytest
from runs import CHECKOUT, METHOD, environment, outcomes
from samples import RULE, queuespec, text_of, verdict

from queuespec import __main__, __version__
from queuespec.__main__ import main
from queuespec.cli.parser import COMMANDS, Status
from queuespec.judge.options import add_options

CHAPTER = "tests/spec/test_order.py"


def options():
    """The names of our options for judging, and that of pytest's which means something of ours."""
    found = ["--strict"]
    add_options(lambda name, **_: found.append(name))
    return found


def test_help_fits_a_screen_and_names_every_command_and_every_option():
    shown = queuespec("--help")

    assert shown.returncode == 0
    lines = shown.stdout.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    words = shown.stdout.split()
    assert [name for name in (*COMMANDS, *options()) if name not in words] == []


def test_every_command_explains_itself_and_the_exit_statuses():
    for name, (status, shown, _) in zip(COMMANDS, outcomes(*([name, "--help"] for name in COMMANDS))):
        assert (name, status) == (name, 0)
        assert shown.startswith(f"usage: queuespec {'[judge]' if name == 'judge' else name}")
        assert "exit status: 0 success" in shown, name
        assert max(map(len, shown.splitlines())) <= 80, name


def test_judge_shows_our_options_and_on_request_those_of_pytest():
    (_, ours, _), (_, theirs, _) = outcomes(["judge", "--help"], ["judge", "--pytest-help"])

    assert [name for name in (*options(), "--pytest-help") if name not in ours] == []
    assert "--junit-xml=path" not in ours
    assert "--junit-xml=path" in theirs
    assert "--quiet-time" in theirs


def test_help_is_ours_wherever_it_is_asked_for():
    asked = (["-k", "get", "--help"], ["judge", "-h"], ["--rule", RULE, "-h"])

    for words, (_, shown, _) in zip(asked, outcomes(*asked)):
        assert (words, shown[:26]) == (words, "usage: queuespec [judge] [")


def test_the_version_names_pytest_and_python_as_well():
    asked = (["--version"], ["-V"], ["judge", "--version"], ["-n0", "--version"])
    version = f"queuespec {__version__} (pytest {pytest.__version__}, Python {platform.python_version()})\n"

    for words, (status, shown, _) in zip(asked, outcomes(*asked)):
        assert (words, status, shown) == (words, 0, version)


NOTHING = [
    ("tabel", "queuespec: no such command: 'tabel'; did you mean 'table'?"),
    ("Compare", "queuespec: no such command: 'Compare'; did you mean 'compare'?"),
    ("deviations", "queuespec: no such command: 'deviations'; did you mean 'expectations'?"),
    ("xyzzy", "queuespec: no such command: 'xyzzy'; 'queuespec --help' lists the commands"),
    ("a\x1b[31mb\nc", "queuespec: no such command: 'a\\x1b[31mb\\nc'; 'queuespec --help' lists the commands"),
    ("tests/spec/test_nothing.py", "queuespec: no such file or directory: 'tests/spec/test_nothing.py'"),
    ("nowhere.py::test_it[fork]", "queuespec: no such file or directory: 'nowhere.py'"),
]
"""A first word, and the sentence that answers it."""


def test_a_first_word_that_is_nothing_is_one_sentence():
    for (word, said), answer in zip(NOTHING, outcomes(*([word, "results.jsonl"] for word, _ in NOTHING))):
        assert (word, *answer) == (word, 4, "", said + "\n")


WRONG = [
    (["--rul", "x"], "queuespec: unrecognized arguments: --rul x; did you mean '--rule'?"),
    (["judge", "--xyzzy=\x1b"], "queuespec judge: unrecognized arguments: --xyzzy=\\x1b"),
    (["--patience", "long"], "queuespec: argument --patience: 'long' is not a positive number of seconds"),
    (["--python"], "queuespec: argument --python: expected one argument"),
]
"""Wrong options, and the sentence that answers them."""


def test_a_wrong_option_is_one_sentence():
    for (words, said), answer in zip(WRONG, outcomes(*(words for words, _ in WRONG))):
        assert (words, *answer) == (words, 4, "", said + "\n")


def test_a_wrong_expression_is_one_sentence_also_with_workers():
    asked = (["-k", "((", "-n1"], ["-m", "or", "-n1"])

    for (name, text, _), (status, _, errors) in zip(asked, outcomes(*asked)):
        assert (text, status) == (text, 4)
        assert errors.strip().startswith(f"ERROR: {name}: {text!r} is no expression (")
        assert len(errors.split("\n")) <= 3, errors


def test_a_first_word_that_is_nothing_is_answered_at_once():
    begun = time.perf_counter()
    shown = queuespec("tabel", "results.jsonl")

    assert (shown.returncode, shown.stdout, shown.stderr) == (4, "", f"{NOTHING[0][1]}\n")
    assert time.perf_counter() - begun < 5  # a second on a quiet machine


def test_a_file_that_is_missing_among_others_is_one_sentence():
    shown = queuespec("judge", "-n2", CHAPTER, "nowhere.py")

    assert shown.returncode == 4
    assert "no such file or directory: 'nowhere.py'" in shown.stdout + shown.stderr


def test_the_specification_is_judged_unless_files_of_it_are_named():
    rules = ("--rule", RULE, "--rule", "order.per-producer")
    collecting = ("--collect-only", "-q", "-n0", "--start-method", METHOD, *rules)
    ways = (["judge", CHAPTER, *collecting], [CHAPTER, *collecting], [*collecting, CHAPTER])

    (_, everything, _), *one_file = outcomes(collecting, *ways)

    assert "test_order.py::" in everything
    assert "test_getting.py::" in everything
    for way, (_, shown, _) in zip(ways, one_file):
        assert "test_order.py::" in shown, way
        assert "test_getting.py::" not in shown, way


# Exit statuses


@pytest.fixture
def files(tmp_path):
    """Results files: a good one, a worse one, and a damaged one."""
    texts = {
        "good": text_of([verdict()]),
        "worse": text_of([verdict(verdict="hangs")]),
        "damaged": text_of([verdict()])[:-9],
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("check good", Status.OK),
        ("check good damaged", Status.UNUSABLE),
        ("check", Status.UNUSABLE),
        ("table good", Status.OK),
        ("table damaged", Status.OK),
        ("table nowhere", Status.UNUSABLE),
        ("compare good good", Status.OK),
        ("compare good worse", Status.DEVIATION),
        ("compare good damaged", Status.UNUSABLE),
        ("expectations worse", Status.OK),
        ("expectations good", Status.OK),
        ("expectations nowhere", Status.UNUSABLE),
        ("explain get.blocks-when-empty", Status.OK),
        ("explain get.nothing", Status.UNUSABLE),
        ("list --level hazard", Status.OK),
        ("list --since 99", Status.NOTHING),
        ("list --since 99 --format json", Status.NOTHING),
        ("list --level no-such-level", Status.UNUSABLE),
        ("faults lifo", Status.OK),
        ("faults no-such-fault", Status.UNUSABLE),
        ("faults --rule no.such-rule", Status.UNUSABLE),
        ("spec --check --output good", Status.DEVIATION),
        ("spec --output nowhere/nothing", Status.UNUSABLE),
        ("reproduce get.nothing", Status.UNUSABLE),
        ("--print-completion fish", Status.UNUSABLE),
    ],
)
def test_every_command_has_the_statuses_of_pytest(files, monkeypatch, capsys, line, status):
    monkeypatch.chdir(files)

    try:
        found = main(line.split())
    except SystemExit as end:
        found = end.code

    said = capsys.readouterr().err
    assert found == status, said
    assert said.count("\n") == 1 if status == Status.UNUSABLE else said.count("\n") <= 1


def test_the_statuses_are_those_of_pytest():
    pairs = zip(
        (Status.OK, Status.DEVIATION, Status.INTERRUPTED, Status.INTERNAL_ERROR, Status.UNUSABLE, Status.NOTHING),
        ("OK", "TESTS_FAILED", "INTERRUPTED", "INTERNAL_ERROR", "USAGE_ERROR", "NO_TESTS_COLLECTED"),
    )

    assert [name for ours, name in pairs if ours != pytest.ExitCode[name]] == []


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (KeyboardInterrupt(), 2, "queuespec table: interrupted\n"),
        (
            RuntimeError("it\nis \x1b[31mbroken"),
            3,
            "queuespec table: internal error: RuntimeError: it\\nis \\x1b[31mbroken; "
            "set QUEUESPEC_TRACEBACK=1 to see the traceback\n",
        ),
        (
            OSError(28, "No space left on device"),
            4,
            "queuespec table: cannot write the output: No space left on device\n",
        ),
        (BrokenPipeError(), 4, ""),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_what_ends_a_command_is_one_sentence_and_a_status(monkeypatch, capfd, error, status, said):
    monkeypatch.delenv("QUEUESPEC_TRACEBACK", raising=False)

    def fail(words):
        raise error

    monkeypatch.setattr(__main__, "perform", fail)
    monkeypatch.setattr(__main__.Forgiving, "forget", lambda self: None)

    assert main(["table", "some.jsonl"]) == status
    assert capfd.readouterr() == ("", said)


def test_the_traceback_of_an_error_of_ours_can_be_seen(monkeypatch):
    def fail(words):
        raise RuntimeError("it is broken")

    monkeypatch.setattr(__main__, "perform", fail)
    monkeypatch.setenv("QUEUESPEC_TRACEBACK", "1")

    with pytest.raises(RuntimeError, match="it is broken"):
        main(["list"])


# Completion


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_shell_can_complete_commands_and_options(shell):
    home = Path(pytest.importorskip("shtab").__file__).parents[1]

    shown = queuespec("--print-completion", shell, path=[home])

    assert shown.returncode == 0, shown.stderr
    assert [name for name in (*COMMANDS, "--quiet-time", "--expectations") if name not in shown.stdout] == []


def test_completion_without_its_library_says_what_to_install(tmp_path):
    (tmp_path / "shtab.py").write_text("raise ImportError")

    shown = queuespec("--print-completion", "bash", path=[tmp_path])

    assert shown.returncode == 4
    assert (
        shown.stderr
        == "queuespec: shell completion requires shtab; install it with: pip install 'queuespec[completion]'\n"
    )


# Speed

LIGHT = [["--help"], ["--version"], ["check", "good"], ["list", "--level", "hazard"], ["explain", RULE]]


@pytest.mark.skipif(os.name == "nt", reason="needs the processor's time of children")
@pytest.mark.parametrize("words", LIGHT, ids=" ".join)
def test_what_does_not_judge_starts_soon(files, words):
    """0.3 s more than Python on a quiet machine; the processor's time is what a busy one can be asked for."""

    def processor_time(*arguments):
        before = os.times()
        subprocess.run(
            [sys.executable, *arguments],
            env=environment(PYTHONPATH=str(CHECKOUT / "src")),
            cwd=files,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        after = os.times()
        return after.children_user + after.children_system - before.children_user - before.children_system

    limit = min(processor_time("-c", "pass") for _ in range(3)) + 0.6

    assert any(processor_time("-m", "queuespec", *words) < limit for _ in range(3))


def test_without_assertions_nothing_is_judged():
    done = queuespec("--rule", "get.defaults", PYTHONOPTIMIZE="1")

    assert (done.returncode, done.stdout) == (Status.UNUSABLE, "")
    assert done.stderr == (
        "queuespec: Python runs without assertions, so it cannot judge; unset PYTHONOPTIMIZE, or leave out -O\n"
    )
