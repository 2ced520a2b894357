"""Text that others wrote, made fit for a file, a terminal, a table or a log: bounded, and with nothing active in it."""

from __future__ import annotations

import re

LIMIT = 500


def visible(text: str) -> str:
    """`text` with everything that is no visible character written as an escape: ``\\x1b``, ``\\n``, ``\\u202e``.

    So are the signs with which a workflow command of GitHub Actions begins: one of them anywhere in a line.
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
    """One line of visible characters, at most about `limit` of them; says how long the text was where it is cut."""
    shown = visible(text[: limit + 1])
    if len(text) <= limit and len(shown) <= limit:
        return shown
    return f"{shown[: limit - 30]}... ({len(text)} characters)"


def printable(text: str, limit: int = 20_000) -> str:
    """Several lines of visible characters: the end of `text`, where what matters in an output stands."""
    rows = text[-limit:].expandtabs(8).split("\n")
    return "\n".join(visible(row[:-1] if row.endswith("\r") else row) for row in rows)


def markdown(text: str, limit: int = LIMIT) -> str:
    """`text` as it reads, in a cell of a Markdown table: no markup, no HTML."""
    shown = one_line(text, limit).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_\[\]~|#$])", r"\\\1", shown)


def command(text: str) -> str:
    """`text` as the message of a workflow command of GitHub Actions."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def command_property(text: str) -> str:
    """`text` as a property of a workflow command of GitHub Actions."""
    return command(text).replace(":", "%3A").replace(",", "%2C")
