"""``queuespec expectations``: drafts entries for ``--expectations`` from a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from queuespec import results
from queuespec.cli.parser import COMMANDS, Status
from queuespec.report.console import say, say_error
from queuespec.results.drafts import drafts

if TYPE_CHECKING:
    import argparse

    from queuespec.cli.parser import Commands


def add_parser(commands: Commands) -> None:
    """Adds the command."""
    parser = commands.add_parser(
        "expectations",
        help=COMMANDS["expectations"],
        description="Prints draft entries for --expectations: one for each unexpected deviation of a run. "
        "Fill in the reasons.",
    )
    parser.add_argument("results", metavar="RESULTS", help="results file of the run")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> Status:
    """Prints the entries. Raises `BadFile`."""
    found = results.read(given.results)
    text = drafts(found.header, found.verdicts)
    if text:
        say(text)
    else:
        say_error(f"{found.name}: no unexpected deviations")
    return Status.OK
