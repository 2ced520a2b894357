"""Tables of verdicts: rules by chapter, a column a start method; of one run, or of many results files."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table
from rich.text import Text

from queuespec.report.console import console_for, show
from queuespec.results import BAD, JUDGED, BadFile, Header, Results, Verdict, counts, worst
from queuespec.text import markdown, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TextIO

    from rich.console import Console

GAP = 3
TOO_LONG = "The table is too long for this place: {} more rows are left out."
STYLES = {"conforms": "green", "deviates": "red", "hangs": "bold red", "crashes": "bold red", "not-run": "yellow"}


def words(verdicts: Sequence[Verdict]) -> str:
    """What one rule came to in one column: the verdict, and the kinds concerned where they differ."""
    if not verdicts:
        return ""
    verdict = worst([one.verdict for one in verdicts])
    concerned = [one for one in verdicts if one.verdict == verdict]
    kinds = {one.kind for one in concerned}
    others = {one.kind for one in verdicts if one.verdict in JUDGED} - kinds
    remarks = sorted(kinds) if verdict in BAD and others else []
    if verdict in BAD and all(one.declared for one in concerned):
        remarks.append("declared")
    if any(one.declared and one.declared.get("unstable") for one in verdicts):
        remarks.append("unstable")
    return f"{verdict} ({', '.join(remarks)})" if remarks else verdict


def cell(verdicts: Sequence[Verdict]) -> Text:
    """The same, with a colour for those who see it."""
    if not verdicts:
        return Text("")
    verdict = worst([one.verdict for one in verdicts])
    style = STYLES.get(verdict, "dim")
    if verdict in BAD and not any(one.gates and not one.declared for one in verdicts if one.verdict == verdict):
        style = "yellow"
    return Text(one_line(words(verdicts), 200), style=style)


def in_chapters(verdicts: Iterable[Verdict]) -> dict[str, dict[str, list[Verdict]]]:
    """Chapter to slug to verdicts, in the order of the test files."""
    found: dict[str, dict[str, list[Verdict]]] = {}
    for verdict in verdicts:
        found.setdefault(verdict.chapter, {}).setdefault(verdict.rule, []).append(verdict)
    return found


def summary(verdicts: list[Verdict]) -> str:
    """How many of each verdict, in words: those that occur."""
    return ", ".join(f"{number} {name}" for name, number in counts(verdicts).items() if number)


def named(slug: str, level: str) -> str:
    """A rule in the first column. Rules that do not gate say their level."""
    return one_line(slug, 200) if level in ("promise", "platform") else f"{one_line(slug, 200)} [{level}]"


def verdict_table(verdicts: list[Verdict], start_methods: tuple[str, ...]) -> Table:
    """The table at the end of a run: rules by chapter, one column a start method."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, highlight=False)
    table.add_column("rule", no_wrap=True)
    columns = [*start_methods, *(("any",) if any(not verdict.start_method for verdict in verdicts) else ())]
    for column in columns:
        table.add_column(column)
    for chapter, rules in in_chapters(verdicts).items():
        table.add_row(Text(chapter.replace("_", " "), style="bold"))
        for slug, found in rules.items():
            cells = [
                cell([verdict for verdict in found if (verdict.start_method or "any") == column]) for column in columns
            ]
            table.add_row(Text(f"  {named(slug, found[0].level)}"), *cells)
    return table


def write(verdicts: list[Verdict], start_methods: tuple[str, ...], file: TextIO, width: int, colour: bool) -> None:
    """Writes the table of a run to a text stream that people read."""
    widest = max(width, 60 + 16 * (len(start_methods) + 1)) if not colour else width
    console_for(file, colour, widest).print(verdict_table(verdicts, start_methods))


# Many files


@dataclasses.dataclass
class Column:
    """One start method of one implementation on one Python on one system."""

    header: Header
    start_method: str
    cut_short: str = ""
    release: str = ""
    """The system's release, where that alone tells this column from another."""

    @property
    def heading(self) -> list[str]:
        """Its lines: what, on what, where, how, when; and what is wrong with it."""
        found = [self.header.judged, self.header.python, self.header.platform, self.release]
        found.append(self.start_method or "any start method")
        return [one_line(line, 100) for line in (*found, self.header.started[:10], self.cut_short) if line]

    def as_data(self) -> dict[str, Any]:
        header = {name: value for name, value in self.header.as_data().items() if name != "start_methods"}
        return {**header, "start_method": self.start_method, "cut_short": self.cut_short}


@dataclasses.dataclass
class Row:
    """One rule, and its verdicts by the number of the column."""

    rule: str
    chapter: str
    level: str
    cells: dict[int, list[Verdict]] = dataclasses.field(default_factory=dict)


def place(header: Header) -> tuple[object, ...]:
    """What, but for the start method, makes a column."""
    return (
        header.implementation,
        header.implementation_version,
        header.python_implementation,
        header.python_version,
        header.free_threaded,
        header.system,
        header.release,
        header.machine,
    )


class Merged:
    """Any number of results as one table. Raises `BadFile` for those that do not belong in one."""

    def __init__(self, files: Iterable[Results]) -> None:
        self.columns: list[Column] = []
        self.rows: dict[str, Row] = {}
        self.number = 0
        self._numbers: dict[tuple[object, ...], int] = {}
        self._same: dict[tuple[object, ...], list[Column]] = {}
        self._first: Results | None = None
        self._files = 0
        self._at: dict[tuple[object, ...], Results] = {}
        self._keys: dict[tuple[object, ...], dict[tuple[str, str, str, str], tuple[int, str]]] = {}
        for results in files:
            self.add(results)

    def add(self, results: Results) -> None:
        self._refuse_what_differs(results)
        where = place(results.header)
        keys = self._keys.setdefault(where, {})
        self._files += 1
        this = (self._files, results.name)
        for start_method in results.header.start_methods:
            self._column(results, start_method)
        for verdict in results.verdicts:
            other = keys.setdefault(verdict.key, this)
            if other is not this:
                about = " ".join(filter(None, verdict.key))
                raise BadFile(
                    f"{other[1]} and {results.name} both have a verdict for {about} "
                    f"of {results.header.judged} on {results.header.python}, {results.header.platform}; "
                    "give only one of them"
                )
            number = self._column(results, verdict.start_method)
            row = self.rows.get(verdict.rule)
            if row is None:
                row = self.rows[verdict.rule] = Row(verdict.rule, verdict.chapter, verdict.level)
            row.cells.setdefault(number, []).append(verdict)
            self.number += 1

    def _column(self, results: Results, start_method: str) -> int:
        key = (*place(results.header), start_method)
        if key not in self._numbers:
            self._numbers[key] = len(self.columns)
            self.columns.append(Column(results.header, start_method))
            self._tell_apart(self.columns[-1])
        column = self.columns[self._numbers[key]]
        column.cut_short = column.cut_short or results.cut_short
        return self._numbers[key]

    def _tell_apart(self, fresh: Column) -> None:
        same = self._same.setdefault((*place(dataclasses.replace(fresh.header, release="")), fresh.start_method), [])
        same.append(fresh)
        if len(same) > 1:
            for column in same:
                column.release = column.header.release

    def _refuse_what_differs(self, results: Results) -> None:
        first = self._first = self._first or results
        header, other = results.header, first.header
        if header.rule_set != other.rule_set:
            raise BadFile(
                f"{first.name} and {results.name} were judged by different rules "
                f"(queuespec {other.queuespec}, rule set {other.rule_set or 'unknown'}; "
                f"queuespec {header.queuespec}, rule set {header.rule_set or 'unknown'}); judge again by the same"
            )
        same = self._at.setdefault(place(header), results)
        for name in ("implementation_home", "python_build"):
            one, two = getattr(same.header, name), getattr(header, name)
            if one != two:
                raise BadFile(
                    f"{same.name} and {results.name} are of the same implementation, Python and system, "
                    f"and differ in {name}: {one!r} and {two!r}"
                )

    def chapters(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in self.rows.values():
            found.setdefault(row.chapter, []).append(row)
        return found

    def as_data(self) -> dict[str, Any]:
        return {
            "columns": [column.as_data() for column in self.columns],
            "rows": [
                {
                    "rule": row.rule,
                    "chapter": row.chapter,
                    "level": row.level,
                    "cells": [_cell_as_data(row.cells.get(number, [])) for number in range(len(self.columns))],
                }
                for row in self.rows.values()
            ],
        }


def _cell_as_data(verdicts: list[Verdict]) -> dict[str, Any] | None:
    if not verdicts:
        return None
    return {
        "verdict": worst([one.verdict for one in verdicts]),
        "declared": all(one.declared for one in verdicts if one.verdict in BAD)
        and any(one.declared for one in verdicts),
        "verdicts": [{"kind": one.kind, "parameters": one.parameters, "verdict": one.verdict} for one in verdicts],
    }


def as_json(merged: Merged) -> str:
    return json.dumps(merged.as_data(), indent=1)


def as_markdown(merged: Merged, most: int = 0) -> str:
    """A table in Markdown; where `most` is given, of no more bytes than that, if its head has room in them."""
    heads = ["rule", *("<br>".join(markdown(line) for line in column.heading) for column in merged.columns)]
    lines = [_markdown_row(heads), _markdown_row(["---"] * len(heads))]
    size = sum(len(line.encode("utf-8", "backslashreplace")) + 1 for line in lines) + len(TOO_LONG) + 20
    left_out = 0
    for chapter, rows in merged.chapters().items():
        texts = [_markdown_row([f"**{markdown(chapter.replace('_', ' '))}**", *[""] * len(merged.columns)])]
        for row in rows:
            cells = [markdown(words(row.cells.get(number, []))) for number in range(len(merged.columns))]
            texts.append(_markdown_row([markdown(named(row.rule, row.level)), *cells]))
        for text in texts:
            size += len(text.encode("utf-8", "backslashreplace")) + 1
            if most and size > most:
                left_out += 1
            else:
                lines.append(text)
    lines.append("")
    if left_out:
        lines.append(TOO_LONG.format(left_out) + "\n")
    return "\n".join(lines)


def _markdown_row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def to_terminal(merged: Merged, console: Console) -> None:
    """Writes the table, in parts one below the other where it is wider than the terminal."""
    first = max([len(named(row.rule, row.level)) for row in merged.rows.values()] or [0]) + 2
    cells = [
        {row.rule: cell(row.cells.get(number, ())) for row in merged.rows.values()}
        for number in range(len(merged.columns))
    ]
    widths = [
        max(one.cell_len for one in (*map(Text, column.heading), *cells[number].values()))
        for number, column in enumerate(merged.columns)
    ]
    begin = 0
    while begin < len(merged.columns):
        end, width = begin + 1, first + widths[begin] + GAP
        while end < len(merged.columns) and width + widths[end] + GAP <= console.width:
            width += widths[end] + GAP
            end += 1
        _part(merged, console, [first, *widths[begin:end]], cells[begin:end], merged.columns[begin:end])
        begin = end


def _part(
    merged: Merged, console: Console, widths: list[int], cells: list[dict[str, Text]], columns: list[Column]
) -> None:
    """Row by row: a table of rich, cell by cell, takes seconds where there are many thousands of them.

    A part has no rows for rules that have no verdict in it.
    """
    for number in range(max(len(column.heading) for column in columns)):
        heads = [Text(column.heading[number] if number < len(column.heading) else "") for column in columns]
        show(console, _line([Text("" if number else "rule"), *heads], widths))
    show(console, Text("-" * (sum(widths) + GAP * len(columns))))
    for chapter, all_rows in merged.chapters().items():
        rows = [row for row in all_rows if any(part[row.rule] for part in cells)]
        if not rows:
            continue
        show(console, Text(one_line(chapter.replace("_", " "), 100), style="bold"))
        for row in rows:
            begin = Text(f"  {named(row.rule, row.level)}")
            show(console, _line([begin, *(part[row.rule] for part in cells)], widths))
    show(console, Text())


def _line(texts: list[Text], widths: list[int]) -> Text:
    line = Text()
    for text, width in zip(texts, widths):
        line.append(text).append(" " * (width - text.cell_len + GAP))
    line.rstrip()
    return line
