"""The ledger of a run: the planned tests and their verdicts, the problems of the run itself, and the results file."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

import pytest

import queuespec
from queuespec.judge.facts import CannotJudge, specification
from queuespec.results import Header, Recorder, Verdict, rule_set
from queuespec.text import one_line

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Iterable

    from queuespec.judge.planned import Planned
    from queuespec.rules import Facts

LEDGER = pytest.StashKey["Ledger"]()
"""Where pytest's configuration keeps the `Ledger`; a worker has none."""
RECORD = pytest.StashKey["Record"]()
"""Where pytest's configuration keeps the `Record`; a worker has none."""

UNREACHED = "the run ended before this was judged"


class Ledger:
    """What was planned, in the order of the specification, and the verdicts so far, whichever worker gave them."""

    def __init__(self) -> None:
        self.planned: dict[str, Planned] = {}
        self.verdicts: dict[str, Verdict] = {}
        """By the test's node id."""

    def plan(self, plans: Iterable[Planned]) -> None:
        """Notes tests that will be judged; a test that is already known stays as it is."""
        for one in plans:
            self.planned.setdefault(one.test, one)

    def enter(self, test: str, verdict: Verdict) -> None:
        """Notes the verdict of a test."""
        self.verdicts[test] = verdict

    def lose(self, test: str, why: str) -> Verdict | None:
        """Notes that a planned test will not be judged; returns its verdict, or None if it was not planned."""
        one = self.planned.get(test)
        if one is None:
            return None
        self.verdicts[test] = verdict = one.verdict("not-run", why)
        return verdict

    def complete(self) -> list[Verdict]:
        """A verdict for everything that was planned, in order."""
        for test in self.planned:
            if test not in self.verdicts:
                self.lose(test, UNREACHED)
        return self.in_order()

    def in_order(self) -> list[Verdict]:
        """The verdicts so far, in the order of the plan."""
        return [self.verdicts[test] for test in self.planned if test in self.verdicts]


def header_of(option: argparse.Namespace, facts: Facts, start_methods: tuple[str, ...], begun: datetime) -> Header:
    """The first line of a results file, from pytest's options; the rule set is still unknown."""
    return Header(
        subject=facts,
        queuespec=queuespec.__version__,
        rule_set="",
        start_methods=start_methods,
        options={
            "patience": option.patience,
            "quiet_time": option.quiet_time,
            "strict": bool(getattr(option, "strict", False)),
            "crowd": option.crowd,
            "rules": [one_line(slug) for slug in option.rule],
            "keyword": one_line(option.keyword),
            "deviations": [one_line(Path(name).name) for name in option.expectations],
        },
        started=begun.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )


class Record:
    """The results file of a run, if it has one. A file that cannot be written is a problem, noted once."""

    def __init__(self, header: Header, recorder: Recorder | None, begun: datetime, problems: list[str]) -> None:
        self.header = header
        self._recorder = recorder
        self._begun = begun
        self._problems = problems

    @property
    def earlier(self) -> Path | None:
        """Where the results of an earlier run were kept, if they were."""
        kept = self._recorder is not None and self._recorder.earlier.exists()
        return self._recorder.earlier if self._recorder is not None and kept else None

    def begin(self) -> None:
        """Begins the file once the rules can be read: when pytest has imported all test files, or imports none."""
        if self.header.rule_set:
            return
        try:
            self.header = dataclasses.replace(self.header, rule_set=rule_set(specification()))
        except CannotJudge as error:
            self._note(f"the results do not say which rules they were judged by: {error}")
        self._try(lambda recorder: None if recorder.begun else recorder.begin(self.header))

    def add(self, verdict: Verdict) -> None:
        """Writes a verdict beside the file, in case the run is killed."""
        self._try(lambda recorder: recorder.add(verdict))

    def finish(self, verdicts: Collection[Verdict]) -> None:
        """Writes the file."""
        seconds = (datetime.now(timezone.utc) - self._begun).total_seconds()
        self._try(lambda recorder: recorder.finish(self.header, verdicts, seconds))

    def abandon(self) -> None:
        """Restores the file of an earlier run: there is nothing to write."""
        self._try(lambda recorder: recorder.abandon())

    def _note(self, problem: str) -> None:
        if problem not in self._problems:
            self._problems.append(problem)

    def _try(self, step: Callable[[Recorder], Any]) -> None:
        if self._recorder is None:
            return
        try:
            step(self._recorder)
        except OSError as error:
            why = error.strerror or type(error).__name__
            self._note(f"cannot write the results to {self._recorder.path}: {why}")
            self._recorder = None


def recorder_for(path: Path) -> Recorder:
    """Checks that results can be written there.

    Raises:
        CannotJudge: they cannot.
    """
    if path.is_dir():
        raise CannotJudge(f"--results: {str(path)!r} is a directory; name a file in it")
    if not path.parent.is_dir():
        raise CannotJudge(f"--results: no such directory: {str(path.parent)!r}")
    if path.exists() and not path.is_file():
        raise CannotJudge(f"--results: {str(path)!r} is not a regular file")
    recorder = Recorder(path)
    try:
        recorder.try_to_write()
    except OSError as error:
        raise CannotJudge(f"--results: cannot write {str(path)!r}: {error.strerror or error}") from None
    return recorder
