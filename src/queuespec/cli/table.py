"""``queuespec table``: any number of results files as one table."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from queuespec import results
from queuespec.cli.parser import COMMANDS, Status, add_format
from queuespec.report.console import console_for, say
from queuespec.results.merging import Merged

if TYPE_CHECKING:
    import argparse

    from queuespec.cli.parser import Commands


def add_parser(commands: Commands) -> None:
    """Adds the command."""
    parser = commands.add_parser(
        "table",
        help=COMMANDS["table"],
        description="Shows results files as one table: a row for each rule, a column for each start method of each "
        "implementation, Python and system. Files of runs that were killed are accepted and marked.",
    )
    parser.add_argument("files", metavar="FILE", nargs="+")
    add_format(parser, "markdown")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> Status:
    """Prints the table. Raises `BadFile`."""
    from queuespec.report import table  # imports rich, which takes too long for an invalid argument

    merged = Merged(results.read(name, cut_short=True) for name in given.files)
    if given.format == "json":
        say(table.as_json(merged))
    elif given.format == "markdown":
        say(table.as_markdown(merged))
    else:
        table.to_terminal(merged, console_for(sys.stdout))
    return Status.OK
