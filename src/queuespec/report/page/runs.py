"""The runs that a site shows: what each found in each chapter under each start method, and in each rule."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from queuespec.report.page.names import natural, slug
from queuespec.report.summary import ANY, sentence
from queuespec.results import BAD, CONFORMS, JUDGED, NOT_RUN, SHOWN, Results, Verdict, worst
from queuespec.results.causes import symptom
from queuespec.results.comparison import RUNS
from queuespec.rules.words import LEVELS
from queuespec.text import counted as number_of

COUNTED = (CONFORMS, *BAD, NOT_RUN)
"""Hazards are not counted: nothing has to conform to a danger."""


@dataclasses.dataclass(frozen=True)
class Cell:
    """Several verdicts in short: how many of those that apply conform, the worst word, and how it looks.

    A danger that was shown is the word only where there is nothing to count.
    """

    count: str
    word: str
    look: str


def cell(verdicts: Iterable[Verdict]) -> Cell:
    """The cell of these verdicts."""
    words = []
    gates = False
    for verdict in verdicts:
        words.append(verdict.verdict)
        gates = gates or (verdict.gates and verdict.verdict in BAD)
    if not words:
        return Cell("", "", "none")
    counted = [word for word in words if word in COUNTED]
    word = NOT_RUN if NOT_RUN in words and not set(words) & set(BAD) else worst(counted or words)
    count = f"{counted.count(CONFORMS)}/{len(counted)}" if counted else ""
    return Cell(count, word, look(word, gates))


def look(word: str, gates: bool = True) -> str:
    """The class of a word's style."""
    if word in BAD:
        return "bad" if gates else "mild"
    return "good" if word in (CONFORMS, "absent") else "mild" if word in (SHOWN, NOT_RUN) else "none"


class Run:
    """A results file in the site."""

    def __init__(self, results: Results, name: str) -> None:
        self.name = name
        """Its directory; empty for a run that others are compared with, and that has no pages."""
        subject = results.header.subject
        self.subject = subject
        self.python = subject.interpreter
        self.platform = subject.platform
        self.started = results.header.started[:10]
        self.title = subject.described
        self.rule_set = results.header.rule_set
        explored = results.explored is not None or results.findings
        self.sentence = _explored(results) if explored else sentence(subject.judged, results.verdicts, [])
        listed = [*results.header.start_methods]
        self.methods = listed + ([ANY] if any(not one.start_method for one in results.verdicts) else [])
        self.keep(results)

    def keep(self, results: Results) -> None:
        """Keeps these results, and their verdicts by chapter and rule in the order of the file."""
        self.results = results
        self.by_chapter: dict[str, dict[str, list[Verdict]]] = {}
        for verdict in results.verdicts:
            self.by_chapter.setdefault(verdict.chapter, {}).setdefault(verdict.rule, []).append(verdict)

    def without_timelines(self) -> None:
        """Drops the timelines and outputs, which take most of the memory."""
        verdicts = [
            dataclasses.replace(one, timeline=(), output=()) if one.timeline or one.output else one
            for one in self.results.verdicts
        ]
        self.keep(dataclasses.replace(self.results, verdicts=verdicts))

    @property
    def order(self) -> tuple[object, ...]:
        """Where it stands among others: Python's own queues first, then by name, version, Python, system, date."""
        subject = self.subject
        names = (subject.implementation, subject.implementation_version, self.python, self.platform)
        return (subject.implementation != "multiprocessing", *map(natural, names), self.results.header.started)

    def in_chapter(self, chapter: str, method: str, level: str = "") -> Iterator[Verdict]:
        """The verdicts of a chapter under a start method, or ``any`` for those without one."""
        for verdicts in self.by_chapter.get(chapter, {}).values():
            for one in verdicts:
                if (one.start_method or ANY) == method and level in ("", one.level):
                    yield one

    def row(self, method: str, chapters: Iterable[str]) -> list[Cell]:
        """The cells of a row of the matrix."""
        return [cell(self.in_chapter(chapter, method)) for chapter in chapters]

    def whole(self, method: str) -> Cell:
        """The same in one cell, or what exploring has found."""
        if not self.results.verdicts:
            number = len(self.results.findings)
            return Cell("", number_of(number, "finding") if number else "nothing found", "bad" if number else "good")
        return cell(one for chapter in self.by_chapter for one in self.in_chapter(chapter, method))

    def levels(self, method: str, chapters: Iterable[str]) -> list[dict[str, tuple[str, str, str]]]:
        """The cells of all levels, which have no name, and of each level alone."""
        found = []
        for chapter in chapters:
            cells = {level: cell(self.in_chapter(chapter, method, level)) for level in ("", *LEVELS)}
            found.append({level: (one.count, one.word, one.look) for level, one in cells.items() if one.word})
        return found

    @property
    def option(self) -> str:
        """What ``--implementation`` calls it: a built-in adapter has the name of its module."""
        home = PurePosixPath(self.subject.implementation_home.replace("\\", "/"))
        built_in = home.parts[-3:-1] == ("queuespec", "implementations") and home.suffix == ".py"
        return home.stem.replace("_", "-") if built_in else self.subject.implementation


def name_of(results: Results) -> str:
    """The directory of a run: the same for every run of the same subject."""
    subject = results.header.subject
    threads = "t" if subject.free_threaded else ""
    words = [
        f"{subject.implementation} {subject.implementation_version}",
        f"{subject.python_implementation.replace('cpython', 'cp')}{subject.python_version}{threads}",
        re.sub("x86_64|AMD64", "", subject.platform),
    ]
    return slug(" ".join(words))


def _explored(results: Results) -> str:
    """The sentence on a run of exploring."""
    runs = sum((results.explored or {}).get(name, 0) for name in RUNS)
    number = len(results.findings)
    found = f"{number_of(number, 'way')} to be wrong" if number else "nothing"
    return f"Exploring {results.header.subject.judged} has found {found} in {number_of(runs, 'run')}."


def judged_word(verdicts: Iterable[Verdict]) -> str:
    """The worst word on the queue; empty if nothing was judged."""
    words = [one.verdict for one in verdicts if one.verdict in JUDGED]
    return worst(words) if words else ""


def findings(verdicts: Iterable[Verdict]) -> list[list[Verdict]]:
    """The verdicts on a rule that need words, those with the same verdict and symptom together; the worst first."""
    groups: dict[tuple[str, str], list[Verdict]] = {}
    for one in verdicts:
        if one.verdict not in (CONFORMS, "absent") or one.declared:
            groups.setdefault((one.verdict, symptom(one.explanation)), []).append(one)
    return sorted(groups.values(), key=lambda group: group[0].verdict not in BAD)
