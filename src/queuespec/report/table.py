"""The table at the end of a run: rules by chapter, one column a start method."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from queuespec.results import BAD, JUDGED, Verdict, counts, worst

if TYPE_CHECKING:
    from typing import TextIO

STYLES = {"conforms": "green", "deviates": "red", "hangs": "bold red", "crashes": "bold red", "not-run": "yellow"}


def cell(verdicts: list[Verdict]) -> Text:
    """What one rule came to under one start method: the verdict, and the kinds concerned where they differ."""
    if not verdicts:
        return Text("")
    verdict = worst([one.verdict for one in verdicts])
    concerned = {one.kind for one in verdicts if one.verdict == verdict}
    others = {one.kind for one in verdicts if one.verdict in JUDGED} - concerned
    words = verdict
    if verdict in BAD and others:
        words += f" ({', '.join(sorted(concerned))})"
    style = STYLES.get(verdict, "dim")
    if verdict in BAD and not any(one.gates for one in verdicts):
        style = "yellow"
    return Text(words, style=style)


def in_chapters(verdicts: list[Verdict]) -> dict[str, dict[str, list[Verdict]]]:
    """Chapter to slug to verdicts, in the order of the test files."""
    found: dict[str, dict[str, list[Verdict]]] = {}
    for verdict in verdicts:
        found.setdefault(verdict.chapter, {}).setdefault(verdict.rule, []).append(verdict)
    return found


def summary(verdicts: list[Verdict]) -> str:
    """How many of each verdict, in words: those that occur."""
    return ", ".join(f"{number} {name}" for name, number in counts(verdicts).items() if number)


def verdict_table(verdicts: list[Verdict], start_methods: tuple[str, ...]) -> Table:
    """Rules by chapter, one column a start method. Rules that do not gate say their level."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, highlight=False)
    table.add_column("rule", no_wrap=True)
    columns = [*start_methods, *(("any",) if any(not verdict.start_method for verdict in verdicts) else ())]
    for column in columns:
        table.add_column(column)
    for chapter, rules in in_chapters(verdicts).items():
        table.add_row(Text(chapter.replace("_", " "), style="bold"))
        for slug, found in rules.items():
            level = "" if found[0].level in ("promise", "platform") else f" [{found[0].level}]"
            cells = [
                cell([verdict for verdict in found if (verdict.start_method or "any") == column]) for column in columns
            ]
            table.add_row(Text(f"  {slug}{level}"), *cells)
    return table


def write(verdicts: list[Verdict], start_methods: tuple[str, ...], file: TextIO, width: int, colour: bool) -> None:
    """Writes the table to a text stream that people read."""
    widest = max(width, 60 + 16 * (len(start_methods) + 1)) if not colour else width
    console = Console(
        file=file,
        width=widest,
        color_system="standard" if colour else None,
        force_terminal=colour,
        legacy_windows=False,
        safe_box=True,
        emoji=False,
        markup=False,
    )
    console.print(verdict_table(verdicts, start_methods))
