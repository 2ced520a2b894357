"""Tables of verdicts, a row for each rule, a column for each start method: of one run, or of many results files."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, TextIO

from rich import box
from rich.table import Table
from rich.text import Text

from queuespec.report.console import console_for, show
from queuespec.results import (
    ABSENT,
    BAD,
    CONFORMS,
    CRASHES,
    DEVIATES,
    HANGS,
    JUDGED,
    NOT_RUN,
    SHOWN,
    Verdict,
    worst,
)
from queuespec.results.merging import Column, Merged
from queuespec.text import markdown, one_line, size, that_fit

if TYPE_CHECKING:
    from rich.console import Console

GAP = 3
"""Spaces between two cells."""
TOO_LONG = "The table is too long: {:,} more rows are not shown."
STYLES = {CONFORMS: "green", ABSENT: "green", SHOWN: "yellow", NOT_RUN: "yellow"}
STYLES |= {DEVIATES: "red", HANGS: "bold red", CRASHES: "bold red"}


def words(verdicts: list[Verdict]) -> str:
    """The text of a cell: the verdict, with its kinds if other kinds have a better one."""
    if not verdicts:
        return ""
    verdict = worst([one.verdict for one in verdicts])
    concerned = [one for one in verdicts if one.verdict == verdict]
    kinds = {one.kind for one in concerned}
    others = {one.kind for one in verdicts if one.verdict in JUDGED} - kinds
    remarks = sorted(kinds) if verdict in (SHOWN, *BAD) and others else []
    if verdict in BAD and all(one.declared for one in concerned):
        remarks.append("expected")
    if any(one.is_unstable for one in verdicts):
        remarks.append("unstable")
    return f"{verdict} ({', '.join(remarks)})" if remarks else verdict


def cell(verdicts: list[Verdict]) -> Text:
    """The same with a color."""
    text = words(verdicts)
    verdict = text.partition(" ")[0]
    concerned = [one for one in verdicts if one.verdict == verdict]
    harmless = verdict in BAD and not any(one.gates and not one.declared for one in concerned)
    return Text(one_line(text, 200), style="yellow" if harmless else STYLES.get(verdict, "dim" if text else ""))


def named(slug: str, level: str) -> str:
    """A rule in the first column, with its level if it does not gate."""
    return one_line(slug, 200) if level in ("promise", "platform") else f"{one_line(slug, 200)} [{level}]"


def write(verdicts: list[Verdict], start_methods: tuple[str, ...], file: TextIO, width: int, color: bool) -> None:
    """Writes the table of a run to a text stream: rules by chapter, one column for each start method."""
    chapters: dict[str, dict[str, list[Verdict]]] = {}
    for verdict in verdicts:
        chapters.setdefault(verdict.chapter, {}).setdefault(verdict.rule, []).append(verdict)
    columns = [*start_methods, *(("any",) if any(not verdict.start_method for verdict in verdicts) else ())]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, highlight=False)
    table.add_column("rule", no_wrap=True)
    for column in columns:
        table.add_column(column)
    for chapter, rules in chapters.items():
        table.add_row(Text(chapter.replace("_", " "), style="bold"))
        for slug, found in rules.items():
            cells = [cell([one for one in found if (one.start_method or "any") == column]) for column in columns]
            table.add_row(Text(f"  {named(slug, found[0].level)}"), *cells)
    widest = max(width, 60 + 16 * (len(start_methods) + 1)) if not color else width
    console_for(file, color, widest).print(table)


def as_markdown(merged: Merged, most: float = math.inf) -> str:
    """The table in Markdown, of at most `most` bytes unless the head alone is longer."""
    heads = ["rule", *("<br>".join(markdown(line) for line in column.heading) for column in merged.columns)]
    head = [_markdown_row(heads), _markdown_row(["---"] * len(heads))]
    lines = []
    for chapter, rows in merged.chapters().items():
        lines.append(_markdown_row([f"**{markdown(chapter.replace('_', ' '))}**", *[""] * len(merged.columns)]))
        for row in rows:
            cells = [markdown(words(row.cells.get(number, []))) for number in range(len(merged.columns))]
            lines.append(_markdown_row([markdown(named(row.rule, row.level)), *cells]))
    shown = that_fit(lines, most - size("\n".join([*head, "", "", TOO_LONG.format(len(lines))])))
    left_out = len(lines) - len(shown)
    return "\n".join([*head, *shown, "", *([TOO_LONG.format(left_out), ""] if left_out else [])])


def _markdown_row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def to_terminal(merged: Merged, console: Console) -> None:
    """Writes the table; a table wider than the terminal is split into parts, one below the other."""
    first = max([len(named(row.rule, row.level)) for row in merged.rows.values()] or [0]) + 2
    cells, widths, begin = [], [], 0
    for number, column in enumerate(merged.columns):
        cells.append({row.rule: cell(row.cells.get(number, [])) for row in merged.rows.values()})
        widths.append(max(one.cell_len for one in (*map(Text, column.heading), *cells[number].values())))
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
    """Writes these columns, without the rules that have no verdict in them."""
    # Line by line: rich takes seconds for a table of many thousands of cells.
    headings = itertools.zip_longest(*(["rule"], *(column.heading for column in columns)), fillvalue="")
    show(console, *(_line([*map(Text, heading)], widths) for heading in headings))
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
