"""Validates results files. The exit status is 4 if one of them is damaged or incomplete."""

from __future__ import annotations

from queuespec import results
from queuespec.cli.parser import Arguments, Parser, Status
from queuespec.report.console import say, say_error
from queuespec.text import counted


def add_arguments(parser: Parser) -> None:
    """Adds the arguments."""
    parser.add_argument("files", metavar="FILE", nargs="+")


def run(given: Arguments) -> Status:
    """Prints a line for each file, a damaged one to standard error."""
    whole = True
    for name in given.files:
        try:
            found = results.read(name)
        except results.BadFile as error:
            say_error(f"queuespec check: {error}")
            whole = False
            continue
        whole = whole and not found.cut_short
        state = found.cut_short or "complete"
        what = f"{counted(len(found.verdicts), 'verdict')}: {results.summary(found.verdicts) or 'none'}"
        if found.explored is not None or found.findings:
            what = counted(len(found.findings), "finding")
        elif found.measured:
            what = counted(len(found.measured.all), "measurement")
        say(f"{found.name}: {state}; {what}")
    return Status.OK if whole else Status.UNUSABLE
