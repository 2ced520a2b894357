"""While a run goes on, a terminal shows one line that is rewritten; everything else gets pytest's dots."""

import os
import subprocess
from types import SimpleNamespace

import pytest
from runs import ACCUSING, METHOD, command, environment

from queuespec.judge import progress
from queuespec.judge.ledger import LEDGER

RULES = ("--rule", "get.blocks-when-empty", "--rule", "order.fifo-in-process")


def on_a_terminal(*options, **env):
    """What a run writes to a terminal of 80 columns, byte by byte."""
    import pty

    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        command(*RULES, *options, parallel=True),
        env=environment(**{"TERM": "xterm", "COLUMNS": "80", **env}),
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    output = b""
    while True:
        try:
            piece = os.read(controller, 1 << 16)
        except OSError:  # Linux: nobody has the terminal open any more
            piece = b""
        if not piece:
            break
        output += piece
    os.close(controller)
    process.wait()
    return output.decode()


posix = pytest.mark.skipif(os.name != "posix", reason="there are no pseudo-terminals here")


@posix
def test_a_terminal_shows_how_far_the_run_is_in_one_line():
    output = on_a_terminal("-n1", "--start-method", METHOD)

    lines = [line.rstrip() for line in output.split("\r") if "/10 verdicts" in line]
    assert "1/10 verdicts" in lines[0]
    assert lines[-1].startswith("10/10 verdicts  ")
    assert not any("deviating" in line for line in lines)
    assert "......" not in output
    assert "conforms: 10 verdicts on 2 rules." in output


@posix
def test_the_line_says_what_has_deviated_so_far_and_without_color_has_no_escape_sequence():
    output = on_a_terminal("-n0", "--start-method", ACCUSING, "--implementation", "fault:lifo", NO_COLOR="1")

    lines = [line for line in output.split("\r") if "/10 verdicts" in line]
    assert "1/10 verdicts" in lines[0]
    assert "10/10 verdicts" in lines[-1]
    assert "1 rule deviating: order.fifo-in-process" in lines[-1]
    assert "FFF" not in output
    assert "\x1b" not in output


@posix
def test_a_terminal_that_shows_a_line_a_test_has_no_such_line():
    output = on_a_terminal("-n0", "--start-method", METHOD, "-v")

    assert "/10 verdicts" not in output
    assert "conforms: 10 verdicts" in output


def test_only_a_terminal_on_which_nothing_else_is_written_has_such_a_line(monkeypatch):
    def can(terminal="xterm", isatty=True, **options):
        monkeypatch.setenv("TERM", terminal)
        plugins, config = pytest.PytestPluginManager(), SimpleNamespace(stash={LEDGER: None})
        plugins.register(SimpleNamespace(isatty=isatty), "terminalreporter")
        config.option = SimpleNamespace(**{"verbose": 0, "capture": "fd", "collectonly": False, **options})
        config.pluginmanager = plugins
        progress.pytest_sessionstart(SimpleNamespace(config=config))
        return plugins.has_plugin("queuespec progress")

    assert can()
    assert can(verbose=-1)
    assert not can(terminal="dumb")
    assert not can(isatty=False)
    assert not can(verbose=1)
    assert not can(capture="no")
    assert not can(collectonly=True)


def test_what_is_no_terminal_gets_dots(judge):
    run = judge(*RULES, "--start-method", METHOD)

    assert ".py ....." in run.output
    assert "\r" not in run.output
    assert "/10 verdicts" not in run.output


def test_the_line_has_counts_rate_and_the_latest_deviations():
    assert progress.line(512, 2530, 8.0, [], 80) == "512/2,530 verdicts  64/s"
    assert progress.line(3, 9, 1.5, ["get.b", "get.a"], 80) == "3/9 verdicts  2/s  2 rules deviating: get.b, get.a"
    assert progress.line(0, 9, 0.0, [], 80) == "0/9 verdicts"


@pytest.mark.parametrize("width", [10, 20, 40, 80])
def test_the_line_is_narrower_than_the_terminal(width):
    assert len(progress.line(3, 9, 1.5, ["x" * 3000, "get.b\n"], width)) < width
