"""What a run tells GitHub Actions: the table in the step summary, and an error annotation for each deviating rule."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Callable

from queuespec.report import table
from queuespec.results import BAD, Header, Results, Verdict
from queuespec.text import command, command_property, markdown

if TYPE_CHECKING:
    from queuespec.rules import Rule

LONGEST_SUMMARY = 900_000
"""GitHub takes one mebibyte a step."""


def is_there() -> bool:
    return os.environ.get("GITHUB_ACTIONS") == "true"


def accusations(verdicts: list[Verdict]) -> dict[str, list[Verdict]]:
    """The verdicts that fail a run, by rule: those that gate, and are not what was declared."""
    found: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        expected = verdict.declared and verdict.declared["expected"] == verdict.verdict
        if verdict.verdict in BAD and verdict.gates and not expected:
            found.setdefault(verdict.rule, []).append(verdict)
    return found


def annotation(rule: Rule | None, verdicts: list[Verdict]) -> str:
    """One error annotation for a rule, at the line of its test."""
    first = verdicts[0]
    places = ", ".join(" ".join(filter(None, (one.start_method, one.kind))) for one in verdicts)
    message = f"{first.sentence}: {first.verdict} ({places}): {first.explanation}"
    properties = [f"title={command_property(first.rule)}"]
    root = os.environ.get("GITHUB_WORKSPACE") or str(Path.cwd())
    if rule is not None and rule.file:
        try:
            path = Path(rule.file).resolve().relative_to(Path(root).resolve()).as_posix()
            properties[:0] = [f"file={command_property(path)}", f"line={rule.line}"]
        except ValueError:
            pass
    return f"::error {','.join(properties)}::{command(message)}"


def summary(header: Header, verdicts: list[Verdict], problems: list[str]) -> str:
    """What the step summary says of a run, in Markdown."""
    lines = [f"### {markdown(header.judged)} on {markdown(header.python)}, {markdown(header.platform)}", ""]
    lines += [f"{len(verdicts)} verdicts: {markdown(table.summary(verdicts))}", ""]
    lines += [f"- {markdown(problem)}" for problem in problems[:50]]
    for slug, found in list(accusations(verdicts).items())[:200]:
        lines.append(f"- **{markdown(slug)}** {found[0].verdict}: {markdown(found[0].explanation)}")
    lines += ["", table.as_markdown(table.Merged([Results("", header, verdicts)]), LONGEST_SUMMARY // 2), ""]
    return "\n".join(lines)


def tell(
    header: Header,
    verdicts: list[Verdict],
    problems: list[str],
    rules: Callable[[Verdict], Rule | None],
    write_line: Callable[[str], None],
) -> None:
    """Tells what was found, where GitHub Actions runs this; elsewhere nothing."""
    if not is_there():
        return
    for found in accusations(verdicts).values():
        write_line(annotation(rules(found[0]), found))
    place = os.environ.get("GITHUB_STEP_SUMMARY")
    if place:
        try:
            with open(place, "a", encoding="utf-8") as file:
                file.write(summary(header, verdicts, problems)[:LONGEST_SUMMARY] + "\n")
        except OSError as error:
            write_line(f"the step summary cannot be written: {error.strerror or error}")
