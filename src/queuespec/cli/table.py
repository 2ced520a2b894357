"""Shows results files as one table: a row for each rule, a column for each start method of each implementation, Python
and system. Files of runs that were killed are accepted and marked.
"""

from __future__ import annotations

from queuespec import results
from queuespec.cli.common import show_as
from queuespec.cli.parser import Arguments, Parser, Status, add_format
from queuespec.results.merging import Merged


def add_arguments(parser: Parser) -> None:
    """Adds the arguments."""
    parser.add_argument("files", metavar="FILE", nargs="+")
    add_format(parser, "markdown")


def run(given: Arguments) -> Status:
    """Prints the table. Raises `BadFile`."""
    from queuespec.report import table  # imports rich, which takes too long for an invalid argument

    merged = Merged(results.read(name, cut_short=True) for name in given.files)
    show_as(given.format, merged, table)
    return Status.OK
