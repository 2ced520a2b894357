"""Prints draft entries for --expectations: one for each unexpected deviation of a run. Fill in the reasons."""

from __future__ import annotations

from queuespec import results
from queuespec.cli.parser import Arguments, Parser, Status
from queuespec.report.console import say, say_error
from queuespec.results.drafts import drafts


def add_arguments(parser: Parser) -> None:
    """Adds the arguments."""
    parser.add_argument("results", metavar="RESULTS", help="results file of the run")


def run(given: Arguments) -> Status:
    """Prints the entries. Raises `BadFile`."""
    found = results.read(given.results)
    text = drafts(found.header, found.verdicts)
    if text:
        say(text)
    else:
        say_error(f"{found.name}: no unexpected deviations")
    return Status.OK
