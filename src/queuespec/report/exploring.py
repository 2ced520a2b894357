"""How far exploring has come: a line while it runs, and a sentence at its end."""

from __future__ import annotations

import time
from typing import Callable, TextIO

from queuespec.explore.coverage import Coverage
from queuespec.report.console import Forgiving
from queuespec.text import counted

REST, PAUSE = 0.2, 10.0
"""Seconds between two lines: on a terminal, where one is rewritten, and in a log."""


def line(seconds: float, limit: float | None, coverage: Coverage, findings: int) -> str:
    """One line: how long it has taken of how long, in seconds; rounds and schedules, each with its rate; findings."""
    rate = max(seconds, 0.001)
    over = limit is not None and seconds > limit + 1
    parts = [f"{duration(seconds)}{', ending' if over else f' of {duration(limit)}' if limit else ''}"]
    parts += [f"{counted(coverage.rounds, 'round')} ({coverage.rounds / rate:.0f}/s)"]
    if coverage.schedules_there_are:
        there_are = counted(coverage.schedules_there_are, "known schedule")
        parts += [f"{coverage.schedules:,} of {there_are} ({coverage.schedules / rate:.0f}/s)"]
    return "  ".join([*parts, counted(findings, "finding")])


def duration(seconds: float) -> str:
    """``59 s``, ``12:05``, ``1:02:03``."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"


def covered(coverage: Coverage) -> str:
    """How much there is, and how much of it was met."""
    parts = [counted(coverage.rounds, "round")]
    if coverage.schedules_there_are:
        pairs = f"{coverage.pairs:,} of {counted(coverage.pairs_there_are, 'pair')} of operations"
        parts.append(f"{coverage.schedules:,} of {counted(coverage.schedules_there_are, 'schedule')} for {pairs}")
        parts.append(f"held at {len(coverage.held):,} of {counted(len(coverage.lines), 'line')} that these visit")
    elif coverage.pairs:
        parts.append("there is no Python code to hold an actor at")
    return ", ".join(parts)


class Progress:
    """Shows a line on a stream: rewritten on a terminal, now and then in a log."""

    def __init__(self, text: Callable[[], str], file: TextIO) -> None:
        self._text, self._file = text, Forgiving(file)
        self._rewrites = file.isatty()
        self._width = 0
        self._shown = time.monotonic() - (PAUSE if self._rewrites else 0.0)

    def show(self) -> None:
        """Shows the line, if it is time to."""
        now = time.monotonic()
        if now - self._shown < (REST if self._rewrites else PAUSE):
            return
        self._shown = now
        text = self._text()
        self._write(f"\r{text:{self._width}}" if self._rewrites else f"{text}\n")
        self._width = len(text)

    def clear(self) -> None:
        """Makes room for other lines."""
        if self._width and self._rewrites:
            self._write(f"\r{'':{self._width}}\r")
            self._width = 0

    def _write(self, text: str) -> None:
        self._file.write(text)
        self._file.flush()
