"""What a run writes for GitHub Actions: a table in the step summary, an error annotation for each deviating rule."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Callable

from queuespec.report import table
from queuespec.results import BAD, Header, Results, Verdict
from queuespec.results import summary as counts_in_words
from queuespec.results.merging import Merged
from queuespec.text import command, command_property, counted, markdown

if TYPE_CHECKING:
    from typing import Protocol

    class Place(Protocol):
        """Where a rule is defined: its file and line."""

        @property
        def file(self) -> str:
            """The path of the file."""

        @property
        def line(self) -> int:
            """The number of the line."""


LONGEST_SUMMARY = 1_000_000
"""Maximum length of a step summary in bytes; GitHub drops a summary that is longer than one mebibyte."""


def accusations(verdicts: list[Verdict]) -> dict[str, list[Verdict]]:
    """The verdicts that fail a run, by rule: those that gate and are not expected."""
    found: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        expected = verdict.declared and verdict.declared["expected"] == verdict.verdict
        if verdict.verdict in BAD and verdict.gates and not expected:
            found.setdefault(verdict.rule, []).append(verdict)
    return found


def annotation(rule: Place | None, verdicts: list[Verdict]) -> str:
    """One error annotation for a rule, at the line of its test."""
    first = verdicts[0]
    places = dict.fromkeys(" ".join(filter(None, (one.start_method, one.kind))) for one in verdicts)
    message = f"{first.sentence}: {first.verdict} ({', '.join(places)}): {first.explanation}"
    properties = [f"title={command_property(first.rule)}"]
    root = os.environ.get("GITHUB_WORKSPACE") or str(Path.cwd())
    if rule is not None and rule.file:
        try:
            path = Path(rule.file).resolve().relative_to(Path(root).resolve()).as_posix()
            properties[:0] = [f"file={command_property(path)}", f"line={rule.line}"]
        except ValueError:
            pass
    return f"::error {','.join(properties)}::{command(message)}"


def summary(header: Header, verdicts: list[Verdict], problems: list[str], most: int = LONGEST_SUMMARY) -> str:
    """The step summary of a run, in Markdown: at most `most` bytes, or empty if that is not enough."""
    lines = [f"### {markdown(header.subject.described)}", ""]
    lines += [f"{counted(len(verdicts), 'verdict')}: {markdown(counts_in_words(verdicts))}", ""]
    items = [f"- {markdown(problem)}" for problem in problems]
    for slug, found in accusations(verdicts).items():
        items.append(f"- **{markdown(slug)}** {found[0].verdict}: {markdown(found[0].explanation)}")
    lines += _that_fit(items, most // 3)
    rest = most - _size("\n".join([*lines, "", "", ""]))
    text = "\n".join([*lines, "", table.as_markdown(Merged([Results("", header, verdicts)]), rest), ""])
    return text if _size(text) <= most else ""


def _that_fit(lines: list[str], most: int) -> list[str]:
    """The first lines that fit into `most` bytes, and the number of the others."""
    size = 0
    for number, line in enumerate(lines):
        size += _size(line) + 1
        if size > most:
            return [*lines[:number], f"- and {len(lines) - number:,} more"]
    return lines


def _size(text: str) -> int:
    return len(text.encode("utf-8", "backslashreplace"))


def write(
    header: Header,
    verdicts: list[Verdict],
    problems: list[str],
    rules: Callable[[Verdict], Place | None],
    write_line: Callable[[str], None],
) -> None:
    """Writes the annotations with `write_line` and appends to the step summary, under GitHub Actions only.

    `rules` returns the place of a verdict's rule, or None if it is unknown.
    """
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return
    for found in accusations(verdicts).values():
        write_line(annotation(rules(found[0]), found))
    place = os.environ.get("GITHUB_STEP_SUMMARY")
    if place:
        try:
            with open(place, "a", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
                text = summary(header, verdicts, problems, LONGEST_SUMMARY - file.tell() - 1)
                file.write("\n" * bool(text and file.tell()) + text)
            if not text:
                write_line("the step summary is full: GitHub limits it to one mebibyte")
        except OSError as error:
            write_line(f"cannot write the step summary: {error.strerror or error}")
