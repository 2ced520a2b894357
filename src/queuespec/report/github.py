"""What a run writes for GitHub Actions: a table in the step summary, an error annotation for each deviating rule."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Callable

from queuespec.report import table
from queuespec.results import BAD, Header, Results, Verdict
from queuespec.results import summary as counts_in_words
from queuespec.results.causes import FAILS, standing
from queuespec.results.merging import Merged
from queuespec.text import command, counted, markdown, size, that_fit

PROPERTY = "%\r\n:,"
"""The characters that a property of a workflow command cannot have."""
LONGEST_SUMMARY = 1_000_000
"""Maximum length of a step summary in bytes; GitHub drops a summary that is longer than one mebibyte."""


def accusations(verdicts: list[Verdict]) -> dict[str, list[Verdict]]:
    """The deviations that fail a run, by rule."""
    found: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.verdict in BAD and standing(verdict) == FAILS:
            found.setdefault(verdict.rule, []).append(verdict)
    return found


def annotation(place: tuple[str, int] | None, verdicts: list[Verdict]) -> str:
    """One error annotation for a rule; `place` is the file and the line of its test, if they are known."""
    first = verdicts[0]
    names = dict.fromkeys(" ".join(filter(None, (one.start_method, one.kind))) for one in verdicts)
    message = f"{first.sentence}: {first.verdict} ({', '.join(names)}): {first.explanation}"
    properties = {"title": first.rule}
    file, line = place or ("", 0)
    path, root = Path(file).resolve(), Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd()).resolve()
    if file and root in path.parents:
        properties = {"file": path.relative_to(root).as_posix(), "line": str(line), **properties}
    words = [f"{name}={command(value, PROPERTY)}" for name, value in properties.items()]
    return f"::error {','.join(words)}::{command(message)}"


def summary(header: Header, verdicts: list[Verdict], problems: list[str], most: int = LONGEST_SUMMARY) -> str:
    """The step summary of a run, in Markdown: at most `most` bytes, or empty if that is not enough."""
    lines = [f"### {markdown(header.subject.described)}", ""]
    lines += [f"{counted(len(verdicts), 'verdict')}: {markdown(counts_in_words(verdicts))}", ""]
    items = [f"- {markdown(problem)}" for problem in problems]
    for slug, found in accusations(verdicts).items():
        items.append(f"- **{markdown(slug)}** {found[0].verdict}: {markdown(found[0].explanation)}")
    shown = that_fit(items, most // 3)
    lines += [*shown, *([f"- and {len(items) - len(shown):,} more"] if shown != items else [])]
    rest = most - size("\n".join([*lines, "", "", ""]))
    text = "\n".join([*lines, "", table.as_markdown(Merged([Results("", header, verdicts)]), rest), ""])
    return text if size(text) <= most else ""


def write(
    header: Header,
    verdicts: list[Verdict],
    problems: list[str],
    places: dict[str, tuple[str, int]],
    write_line: Callable[[str], None],
) -> None:
    """Writes the annotations with `write_line` and appends to the step summary, under GitHub Actions only."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return
    for slug, found in accusations(verdicts).items():
        write_line(annotation(places.get(slug), found))
    file_name = os.environ.get("GITHUB_STEP_SUMMARY")
    if file_name:
        try:
            with open(file_name, "a", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
                text = summary(header, verdicts, problems, LONGEST_SUMMARY - file.tell() - 1)
                file.write("\n" * bool(text and file.tell()) + text)
            if not text:
                write_line("the step summary is full: GitHub limits it to one mebibyte")
        except OSError as error:
            write_line(f"cannot write the step summary: {error.strerror or error}")
