"""Any number of results files as one table: a row for each rule, a column for each start method of each subject."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from queuespec.results.findings import Results
from queuespec.results.verdict import BAD, BadFile, Header, Verdict, worst
from queuespec.rules import Subject
from queuespec.text import one_line


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
        return [one_line(line, 100) for line in (*found, self.header.started[:10], self.cut_short) if line]

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
    """Any number of results as one table; those of exploring have no verdicts and are left out.

    Raises `BadFile` if they were judged by different rules, or two of them have the same verdict, or differ only in the
    implementation's home or the build of Python.
    """

    def __init__(self, files: Iterable[Results]) -> None:
        self.columns: list[Column] = []
        self.rows: dict[str, Row] = {}
        self._numbers: dict[tuple[Subject, str], int] = {}
        self._first: dict[Subject, Results] = {}
        self._keys: dict[tuple[Subject, tuple[str, str, str, str]], Results] = {}
        left_out = ""
        for results in files:
            if results.explored is not None and not results.verdicts:
                left_out = left_out or results.name
                continue
            self._refuse_differences(results)
            self._add(results)
        if left_out and not self.columns:
            raise BadFile(f"{left_out} has findings of exploring and no verdicts; compare and page show them")
        same: dict[tuple[Subject, str], list[Column]] = {}
        for column in self.columns:
            where = dataclasses.replace(place(column.header.subject), release="")
            same.setdefault((where, column.start_method), []).append(column)
        for columns in same.values():
            for column in columns if len(columns) > 1 else ():
                column.release = column.header.subject.release

    def _add(self, results: Results) -> None:
        subject = results.header.subject
        where = place(subject)
        methods = dict.fromkeys((*results.header.start_methods, *(one.start_method for one in results.verdicts)))
        numbers = {method: self._column(where, results, method) for method in methods}
        for verdict in results.verdicts:
            other = self._keys.setdefault((where, verdict.key), results)
            if other is not results:
                about = " ".join(filter(None, verdict.key))
                raise BadFile(
                    f"{other.name} and {results.name} both have a verdict for {about} of {subject.described}; "
                    "use only one of them"
                )
            row = self.rows.setdefault(verdict.rule, Row(verdict.rule, verdict.chapter, verdict.level))
            row.cells.setdefault(numbers[verdict.start_method], []).append(verdict)

    def _column(self, where: Subject, results: Results, start_method: str) -> int:
        number = self._numbers.setdefault((where, start_method), len(self.columns))
        if number == len(self.columns):
            self.columns.append(Column(results.header, start_method))
        column = self.columns[number]
        column.cut_short = column.cut_short or results.cut_short
        return number

    def _refuse_differences(self, results: Results) -> None:
        first = next(iter(self._first.values()), results)
        header, other = results.header, first.header
        if header.rule_set != other.rule_set:
            raise BadFile(
                f"{first.name} and {results.name} were judged by different rules "
                f"(queuespec {other.queuespec}, rule set {other.rule_set or 'unknown'}; "
                f"queuespec {header.queuespec}, rule set {header.rule_set or 'unknown'}); judge again with one version"
            )
        same = self._first.setdefault(place(header.subject), results)
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
                {**vars(row), "cells": [_cell(row.cells.get(number, [])) for number in range(len(self.columns))]}
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
