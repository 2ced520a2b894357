"""Makes text from elsewhere safe for a file, a terminal, a table or a log: bounded, without active content."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Optional

LIMIT = 500

SHOWN_CALLS = 60
"""Maximum number of calls of a timeline to show; the last ones are shown."""

Row = tuple[float, str, str, str, Optional[float]]
"""A call: seconds since the test began, actor, call, outcome, duration in seconds or None."""


def visible(text: str) -> str:
    """`text` with an escape for every invisible character: ``\\x1b``, ``\\n``, ``\\u202e``.

    The characters that begin a workflow command of GitHub Actions are escaped, too.
    """
    text = text.replace("##[", "#\\x23[")
    if text.lstrip().startswith("::"):
        text = text.replace("::", ":\\x3a", 1)
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)


def counted(number: int, noun: str) -> str:
    """``1 verdict``, ``2,445 verdicts``."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def one_line(text: str, limit: int = LIMIT) -> str:
    """One line of at most about `limit` visible characters; a line that is cut says how long the text was."""
    shown = visible(text[: limit + 1])
    if len(text) <= limit and len(shown) <= limit:
        return shown
    return f"{shown[: limit - 30]}... ({len(text)} characters)"


def shortened(explanation: str, limit: int) -> str:
    """One line of an explanation: its beginning says what was called, its end what happened."""
    line = one_line(explanation, 1000) or "no explanation"
    return line if len(line) <= limit else f"{line[: limit // 2]} ... {line[-limit // 2 :]}"


def printable(text: str, limit: int = 20_000) -> str:
    """Lines of visible characters: the end of `text`, which is the part of an output that matters."""
    rows = text[-limit:].expandtabs(8).split("\n")
    return "\n".join(visible(row[:-1] if row.endswith("\r") else row) for row in rows)


def markdown(text: str, limit: int = LIMIT) -> str:
    """`text` for a cell of a Markdown table, with its markup and HTML escaped."""
    return re.sub(r"([\\`*_\[\]~|#$])", r"\\\1", html.escape(one_line(text, limit), quote=False))


def size(text: str) -> int:
    """The bytes of `text` in a file."""
    return len(text.encode("utf-8", "backslashreplace"))


def that_fit(lines: list[str], most: float) -> list[str]:
    """The first lines that fit into `most` bytes, each with its line feed."""
    sizes = itertools.accumulate(size(line) + 1 for line in lines)
    return [line for line, end in zip(lines, sizes) if end <= most]


def command(text: str, reserved: str = "%\r\n") -> str:
    """`text` as a part of a workflow command of GitHub Actions, with an escape for each `reserved` character."""
    return "".join(f"%{ord(one):02X}" if one in reserved else one for one in text)


def in_lines(rows: Sequence[Row]) -> Iterator[str]:
    """The rows of a timeline for people: only the last ones if there are many."""
    left_out = len(rows) - SHOWN_CALLS
    if left_out > 0:
        yield f"{left_out:9} earlier calls"
    for begun, actor, text, outcome, seconds in rows[-SHOWN_CALLS:]:
        took = "" if seconds is None else f"  ({seconds * 1000:.1f} ms)"
        yield f"{begun * 1000:9.1f} ms  {one_line(actor, 80):<10} {one_line(text, 200)}  {one_line(outcome, 200)}{took}"
