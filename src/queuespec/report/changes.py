"""What changed between two runs: for a terminal, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from queuespec.report.console import show
from queuespec.report.measured import changed
from queuespec.results import Results
from queuespec.results import comparison as groups
from queuespec.results.costs import SLOWER
from queuespec.text import counted, markdown, one_line

if TYPE_CHECKING:
    from rich.console import Console

TITLES = {
    groups.REGRESSIONS: "Regressions",
    groups.REPAIRS: "Repairs",
    groups.NEW: "New rules",
    groups.WITHDRAWN: "Withdrawn rules",
    groups.NO_LONGER_JUDGED: "No longer judged",
    groups.NEWLY_JUDGED: "Newly judged",
    groups.NOT_GATING: "Changes that do not gate",
    groups.UNSTABLE: "Changes that are expected to be unstable",
    groups.NEW_FINDINGS: "New findings of exploring",
    groups.GONE_FINDINGS: "Findings that were not found again",
}
"""The groups of changes, in the order in which they are shown."""
STYLES = {groups.REGRESSIONS: "bold red", groups.NEW_FINDINGS: "bold red", groups.REPAIRS: "bold green"}

TERMINAL = {
    "group": "\n{}",
    "cause": "  possible cause: {}",
    "change": "    {}",
    "cost": "  {}",
    "why": "      {}",
    "end": "\n{}",
}
MARKDOWN = {
    "fact": "\n- {}",
    "group": "\n\n### {}",
    "cause": "\n\nPossible cause: {}\n",
    "change": "\n- {}",
    "cost": "\n- {}",
    "why": "<br>{}",
    "end": "\n\n**{}**\n",
}
"""How each part is written."""


def to_terminal(comparison: groups.Comparison, console: Console) -> None:
    """Prints the changes in sentences, for people."""
    from rich.text import Text

    for part, text, style in parts(comparison):
        show(console, Text(TERMINAL.get(part, "{}").format(text), style=style))


def as_markdown(comparison: groups.Comparison) -> str:
    """The same in Markdown, for example for the step summary of a workflow."""
    return "".join(MARKDOWN[part].format(markdown(text)) for part, text, _ in parts(comparison)).lstrip()


def parts(comparison: groups.Comparison) -> Iterator[tuple[str, str, str]]:
    """Names of parts in `MARKDOWN`, their texts, and their styles on a terminal."""
    for label, run in {"old": comparison.old, "new": comparison.new}.items():
        about = ", ".join(filter(None, [run.header.subject.described, run.header.started[:10]]))
        yield "fact", one_line(f"{label}: {about}: {_what(run)} ({run.name})"), ""
    for name, words in comparison.differences.items():
        yield "fact", one_line(f"changed: {name}: {words}"), ""
    if not comparison.differences:
        yield "fact", "changed: nothing that the files record", ""
    for group, title in TITLES.items():
        causes = comparison.changes(group)
        if causes:
            style = STYLES.get(group, "bold")
            yield "group", f"{title} ({comparison.count(group)})", style
        for cause, changes in causes.items():
            yield "cause", cause, ""
            for change in changes:
                yield "change", change.sentence(comparison.setting), ""
                if change.explanation:
                    yield "why", change.explanation, ""
    for word, title, sentences in changed(comparison.costs):
        yield "group", title, "bold red" if word == SLOWER else "bold"
        yield from (("cost", sentence, "") for sentence in sentences)
    if comparison.costs.changes:
        yield "group", "Costs, each in relation to its limit", "bold"
        yield "cost", comparison.costs.conclusion, ""
    yield "end", comparison.conclusion, "bold red" if comparison.fails else "bold"


def _what(run: Results) -> str:
    """How many verdicts a run has, or findings, or measurements."""
    if run.measured:
        return counted(len(run.measured.all), "measurement")
    return counted(len(run.verdicts), "verdict") if run.explored is None else counted(len(run.findings), "finding")
