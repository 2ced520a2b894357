"""Shows results files as one table: a row for each rule, a column for each start method of each implementation, Python
and system. Files of runs that were killed are accepted and marked.
"""

from __future__ import annotations

import json
import sys

from queuespec import results
from queuespec.cli.parser import Arguments, Parser, Status, add_format
from queuespec.report.console import console_for, say
from queuespec.results.merging import Merged


def add_arguments(parser: Parser) -> None:
    """Adds the arguments."""
    parser.add_argument("files", metavar="FILE", nargs="+")
    add_format(parser, "markdown")


def run(given: Arguments) -> Status:
    """Prints the table. Raises `BadFile`."""
    from queuespec.report import table  # imports rich, which takes too long for an invalid argument

    merged = Merged(results.read(name, cut_short=True) for name in given.files)
    if given.format == "json":
        say(json.dumps(merged.as_data(), indent=1))
    elif given.format == "markdown":
        say(table.as_markdown(merged))
    else:
        table.to_terminal(merged, console_for(sys.stdout))
    return Status.OK
