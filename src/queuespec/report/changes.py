"""What changed between two runs: for a terminal, and as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from queuespec.report.console import show
from queuespec.results.comparison import (
    GROUPS,
    NEW,
    NEWLY_JUDGED,
    NO_LONGER_JUDGED,
    NOT_GATING,
    REGRESSIONS,
    REPAIRS,
    UNSTABLE,
    WITHDRAWN,
)
from queuespec.text import counted, markdown, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from queuespec.results.comparison import Change, Comparison

TITLES = {
    REGRESSIONS: "Regressions",
    REPAIRS: "Repairs",
    NEW: "New rules",
    WITHDRAWN: "Withdrawn rules",
    NO_LONGER_JUDGED: "No longer judged",
    NEWLY_JUDGED: "Newly judged",
    NOT_GATING: "Changes that do not gate",
    UNSTABLE: "Changes that are expected to be unstable",
}
STYLES = {REGRESSIONS: "bold red", REPAIRS: "bold green"}


def to_terminal(comparison: Comparison, console: Console) -> None:
    """Prints the changes in sentences, for people."""
    from rich.text import Text

    show(console, *map(Text, _facts(comparison)))
    for group, title, causes in _groups(comparison):
        show(console, Text(), Text(title, style=STYLES.get(group, "bold")))
        for cause, changes in causes.items():
            show(console, Text(f"  possible cause: {cause}"))
            for change in changes:
                show(console, Text(f"    {change.sentence(comparison.setting)}"))
                if change.explanation:
                    show(console, Text(f"      {change.explanation}"))
    style = "bold red" if comparison.count(REGRESSIONS) else "bold"
    show(console, Text(), Text(comparison.conclusion, style=style))


def as_markdown(comparison: Comparison) -> str:
    """The same in Markdown, for example for the step summary of a workflow."""
    lines = [f"- {markdown(fact)}" for fact in _facts(comparison)]
    for _, title, causes in _groups(comparison):
        lines += ["", f"### {title}"]
        for cause, changes in causes.items():
            lines += ["", f"Possible cause: {markdown(cause)}", ""]
            for change in changes:
                why = f"<br>{markdown(change.explanation)}" if change.explanation else ""
                lines.append(f"- {markdown(change.sentence(comparison.setting))}{why}")
    return "\n".join([*lines, "", f"**{markdown(comparison.conclusion)}**", ""])


def _groups(comparison: Comparison) -> Iterator[tuple[str, str, dict[str, list[Change]]]]:
    """The groups that have changes: name, title with their number, changes by cause."""
    for group in GROUPS:
        causes = comparison.changes(group)
        if causes:
            yield group, f"{TITLES[group]} ({comparison.count(group)})", causes


def _facts(comparison: Comparison) -> Iterator[str]:
    for label, run in {"old": comparison.old, "new": comparison.new}.items():
        about = ", ".join(filter(None, [run.header.subject.described, run.header.day]))
        yield one_line(f"{label}: {about}: {counted(len(run.verdicts), 'verdict')} ({run.name})")
    for name, words in comparison.differences.items():
        yield one_line(f"changed: {name}: {words}")
    if not comparison.differences:
        yield "changed: nothing that the files record"
