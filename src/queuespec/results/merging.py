"""Any number of results files as one table: a row for each rule, a column for each start method of each subject."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from queuespec.results.verdict import BAD, BadFile, Header, Results, Verdict, worst
from queuespec.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from queuespec.rules import Subject


@dataclasses.dataclass
class Column:
    """One start method of one implementation on one Python on one system."""

    header: Header
    start_method: str
    cut_short: str = ""
    release: str = ""
    """The release of the system, if only that distinguishes this column from another."""

    @property
    def heading(self) -> list[str]:
        """Its lines: implementation, Python, system, start method, date; and why it is incomplete."""
        subject = self.header.subject
        found = [subject.judged, subject.interpreter, subject.platform, self.release]
        found.append(self.start_method or "any start method")
        return [one_line(line, 100) for line in (*found, self.header.day, self.cut_short) if line]

    def as_data(self) -> dict[str, Any]:
        """The header, without the other start methods, as data for JSON."""
        header = {name: value for name, value in self.header.as_data().items() if name != "start_methods"}
        return {**header, "start_method": self.start_method, "cut_short": self.cut_short}


@dataclasses.dataclass
class Row:
    """One rule, and its verdicts by the number of the column."""

    rule: str
    chapter: str
    level: str
    cells: dict[int, list[Verdict]] = dataclasses.field(default_factory=dict)


def place(subject: Subject) -> Subject:
    """What identifies a column, besides the start method: everything but home and build, which must not differ."""
    return dataclasses.replace(subject, implementation_home="", python_build="")


class Merged:
    """Any number of results as one table.

    Raises:
        BadFile: the files were judged by different rules, or two of them have the same verdict, or differ only in
            the implementation's home or the build of Python.
    """

    def __init__(self, files: Iterable[Results]) -> None:
        self.columns: list[Column] = []
        self.rows: dict[str, Row] = {}
        self.number = 0
        """The number of verdicts."""
        self._numbers: dict[tuple[Subject, str], int] = {}
        self._same: dict[tuple[Subject, str], list[Column]] = {}
        self._first: Results | None = None
        self._files = 0
        self._at: dict[Subject, Results] = {}
        self._keys: dict[Subject, dict[tuple[str, str, str, str], tuple[int, str]]] = {}
        for results in files:
            self.add(results)

    def add(self, results: Results) -> None:
        """Adds the verdicts of a file. Raises `BadFile`, as the class does."""
        self._refuse_differences(results)
        subject = results.header.subject
        where = place(subject)
        keys = self._keys.setdefault(where, {})
        self._files += 1
        this = (self._files, results.name)
        numbers = {method: self._column(where, results, method) for method in results.header.start_methods}
        for verdict in results.verdicts:
            other = keys.setdefault(verdict.key, this)
            if other is not this:
                about = " ".join(filter(None, verdict.key))
                raise BadFile(
                    f"{other[1]} and {results.name} both have a verdict for {about} of {subject.described}; "
                    "use only one of them"
                )
            if verdict.start_method not in numbers:
                numbers[verdict.start_method] = self._column(where, results, verdict.start_method)
            row = self.rows.get(verdict.rule)
            if row is None:
                row = self.rows[verdict.rule] = Row(verdict.rule, verdict.chapter, verdict.level)
            row.cells.setdefault(numbers[verdict.start_method], []).append(verdict)
            self.number += 1

    def _column(self, where: Subject, results: Results, start_method: str) -> int:
        key = (where, start_method)
        if key not in self._numbers:
            self._numbers[key] = len(self.columns)
            fresh = Column(results.header, start_method)
            self.columns.append(fresh)
            same = self._same.setdefault((dataclasses.replace(where, release=""), start_method), [])
            same.append(fresh)
            if len(same) > 1:
                for column in same:
                    column.release = column.header.subject.release
        column = self.columns[self._numbers[key]]
        column.cut_short = column.cut_short or results.cut_short
        return self._numbers[key]

    def _refuse_differences(self, results: Results) -> None:
        first = self._first = self._first or results
        header, other = results.header, first.header
        if header.rule_set != other.rule_set:
            raise BadFile(
                f"{first.name} and {results.name} were judged by different rules "
                f"(queuespec {other.queuespec}, rule set {other.rule_set or 'unknown'}; "
                f"queuespec {header.queuespec}, rule set {header.rule_set or 'unknown'}); judge again with one version"
            )
        same = self._at.setdefault(place(header.subject), results)
        for name in ("implementation_home", "python_build"):
            one, two = getattr(same.header.subject, name), getattr(header.subject, name)
            if one != two:
                raise BadFile(
                    f"{same.name} and {results.name} have the same implementation, Python and system, "
                    f"but differ in {name}: {one!r} and {two!r}"
                )

    def chapters(self) -> dict[str, list[Row]]:
        """The rows by chapter, in the order of the files."""
        found: dict[str, list[Row]] = {}
        for row in self.rows.values():
            found.setdefault(row.chapter, []).append(row)
        return found

    def as_data(self) -> dict[str, Any]:
        """The table, as data for JSON; a cell without verdicts is null."""
        return {
            "columns": [column.as_data() for column in self.columns],
            "rows": [
                {
                    "rule": row.rule,
                    "chapter": row.chapter,
                    "level": row.level,
                    "cells": [_cell(row.cells.get(number, [])) for number in range(len(self.columns))],
                }
                for row in self.rows.values()
            ],
        }


def _cell(verdicts: list[Verdict]) -> dict[str, Any] | None:
    if not verdicts:
        return None
    return {
        "verdict": worst([one.verdict for one in verdicts]),
        "expected": all(one.declared for one in verdicts if one.verdict in BAD)
        and any(one.declared for one in verdicts),
        "verdicts": [{"kind": one.kind, "parameters": one.parameters, "verdict": one.verdict} for one in verdicts],
    }
