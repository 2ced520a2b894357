"""Progress on a terminal: one line that is rewritten, in the place of pytest's dots."""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Sequence

import pytest

from queuespec.judge.ledger import LEDGER, Ledger
from queuespec.results.causes import FAILS, REPORTED, standing
from queuespec.text import counted, one_line

REST = 0.1
"""Seconds between two lines."""


class Progress:
    """Shows how far the run is, whenever a verdict arrives."""

    def __init__(self, reporter: pytest.TerminalReporter, ledger: Ledger) -> None:
        self._reporter = reporter
        self._ledger = ledger
        self._begun: float | None = None
        self._shown = 0.0
        self._deviating: dict[str, None] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_report_teststatus(
        self, report: pytest.TestReport
    ) -> Generator[None, tuple[str, str, object], tuple[str, str, object]]:
        """Shows no letters for the tests of rules; they are still counted."""
        category, letter, word = yield
        return (category, "", "") if report.nodeid in self._ledger.planned else (category, letter, word)

    def pytest_runtest_logstart(self) -> None:
        """Starts the clock when the first test runs."""
        if self._begun is None:
            self._begun = time.monotonic()

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Shows the line when the ledger has the verdict."""
        verdict = self._ledger.verdicts.get(report.nodeid)
        if verdict is None:
            return
        if standing(verdict) in (FAILS, REPORTED):
            self._deviating.pop(verdict.rule, None)
            self._deviating[verdict.rule] = None
        done, planned, now = len(self._ledger.verdicts), len(self._ledger.planned), time.monotonic()
        if now - self._shown < REST and done < planned:
            return
        self._shown = now
        latest = list(reversed(self._deviating))
        width = self._reporter.config.get_terminal_writer().fullwidth
        text = line(done, planned, now - (self._begun or now), latest, width)
        self._reporter.rewrite(text, erase=True, red=bool(latest))
        self._reporter.flush()
        self._reporter.currentfspath = "progress"  # whatever is written next begins a line of its own


def line(done: int, planned: int, seconds: float, deviating: Sequence[str], width: int) -> str:
    """One line, narrower than `width`: progress, duration so far, and the rules that deviate, latest first."""
    text = f"{done:,}/{planned:,} verdicts{f'  {done / seconds:.0f}/s' if seconds > 0 else ''}"
    if deviating:
        text += f"  {counted(len(deviating), 'rule')} deviating: {', '.join(deviating)}"
    text = one_line(text, 4 * width)
    return text if len(text) < width else text[: max(0, width - 4)] + "..."


def pytest_sessionstart(session: pytest.Session) -> None:
    """Shows progress in place of pytest's dots, on a terminal to which nothing else writes a line for each test."""
    config, option = session.config, session.config.option
    reporter = config.pluginmanager.getplugin("terminalreporter")
    if reporter is None or LEDGER not in config.stash or not reporter.isatty or os.environ.get("TERM") == "dumb":
        return
    if option.verbose <= 0 and option.capture != "no" and not option.collectonly:
        reporter.showfspath = False
        config.pluginmanager.register(Progress(reporter, config.stash[LEDGER]), "queuespec progress")
