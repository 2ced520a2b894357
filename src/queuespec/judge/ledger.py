"""The ledger of a run: the planned tests and their verdicts, the problems of the run itself, and the results file."""

from __future__ import annotations

import argparse
import dataclasses
import time
from collections.abc import Iterable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Callable

import pytest

import queuespec
from queuespec.judge.options import CannotJudge, specification
from queuespec.judge.planned import Assignment
from queuespec.results import Header, Recorder, Verdict, rule_set
from queuespec.text import one_line

LEDGER = pytest.StashKey["Ledger"]()
"""Where pytest's configuration keeps the `Ledger`; a worker has none."""

UNREACHED = "the run ended before this was judged"


class Ledger:
    """What was planned, in the order of the specification, and the verdicts so far, whichever worker gave them.

    `recorder` writes the results file, if there is one. A file that cannot be written is a problem, noted once. `own`
    are the files with rules of the user's own.
    """

    def __init__(self, header: Header, recorder: Recorder | None = None, own: tuple[Path, ...] = ()) -> None:
        self.header = header
        self._own = own
        self.planned: dict[str, Verdict] = {}
        self.verdicts: dict[str, Verdict] = {}
        """Plans and verdicts by the test's node id."""
        self.places: dict[str, tuple[str, int]] = {}
        """The file and the line where a rule is defined, by its slug."""
        self.problems: list[str] = []
        """What fails the run although no verdict does: a sentence each."""
        self.escaped: list[str] = []
        """What the queue has left running, and the run has ended."""
        self._recorder = recorder
        self._created = time.monotonic()
        self._begun = False

    def begin(self) -> None:
        """Begins the file once the rules can be read: when pytest has imported all test files, or imports none."""
        if self._begun:
            return
        self._begun = True
        try:
            self.header = dataclasses.replace(self.header, rule_set=rule_set(specification(self._own)))
        except CannotJudge as error:
            self.problems.append(f"the results do not say which rules they were judged by: {error}")
        self._write(lambda recorder: recorder.begin(self.header))

    def plan(self, plans: Iterable[Verdict]) -> None:
        """Notes tests that will be judged; a test that is already known stays as it is."""
        for one in plans:
            self.planned.setdefault(one.test, one)

    def enter(self, test: str, verdict: Verdict) -> None:
        """Notes the verdict of a test, and writes it beside the file, in case the run is killed."""
        self.verdicts[test] = verdict
        self._write(lambda recorder: recorder.add(verdict))

    def lose(self, test: str, why: str) -> Verdict | None:
        """Notes that a planned test will not be judged; returns its verdict, or None if it was not planned."""
        if test not in self.planned:
            return None
        self.verdicts[test] = dataclasses.replace(self.planned[test], explanation=why).bounded
        return self.verdicts[test]

    def complete(self) -> list[Verdict]:
        """A verdict for everything that was planned, in order."""
        for test in self.planned.keys() - self.verdicts.keys():
            self.lose(test, UNREACHED)
        return self.in_order()

    def in_order(self) -> list[Verdict]:
        """The verdicts so far, in the order of the plan."""
        return [self.verdicts[test] for test in self.planned if test in self.verdicts]

    def finish(self) -> None:
        """Writes the file, or restores that of an earlier run if there is nothing to write."""
        verdicts = self.in_order()
        if verdicts:
            self._write(lambda recorder: recorder.finish(self.header, verdicts, time.monotonic() - self._created))
        elif self._begun:
            self._write(Recorder.abandon)
        if verdicts and self._recorder is not None and self._recorder.earlier.exists():
            self.problems.append(f"the results of an earlier run are kept in {self._recorder.earlier}")

    def _write(self, step: Callable[[Recorder], Any]) -> None:
        if self._recorder is None:
            return
        try:
            step(self._recorder)
        except OSError as error:
            why = error.strerror or type(error).__name__
            self.problems.append(f"cannot write the results to {self._recorder.path}: {why}")
            self._recorder = None


def header_of(option: argparse.Namespace, given: Assignment) -> Header:
    """The first line of a results file, from pytest's options; the rule set is still unknown."""
    facts = given.facts
    return Header(
        subject=facts,
        queuespec=queuespec.__version__,
        rule_set="",
        start_methods=given.start_methods,
        options={
            "patience": option.patience,
            "quiet_time": option.quiet_time,
            "strict": given.strict,
            "crowd": option.crowd,
            "largest_item": option.largest_item,
            "rules": [one_line(slug) for slug in option.rule],
            "own_rules": [one_line(Path(name).name) for name in option.rules],
            "keyword": one_line(option.keyword),
            "deviations": [one_line(Path(name).name) for name in option.expectations],
        },
        started=datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        implementation_is="adapter" if facts.adapter else "class" if ":" in facts.implementation else "module",
        context_parameter=facts.context_parameter,
    )
