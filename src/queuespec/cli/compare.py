"""Shows what changed between two runs: of two versions, systems or implementations, or of a change and the last run of
the default branch. The exit status is 1 if there is a regression, or a new finding of exploring.
"""

from __future__ import annotations

from queuespec import results
from queuespec.cli.common import show_as
from queuespec.cli.parser import Arguments, Parser, Status, add_format
from queuespec.report import changes
from queuespec.results.comparison import Comparison


def add_arguments(parser: Parser) -> None:
    """Adds the arguments."""
    parser.add_argument("old", metavar="OLD", help="results file of the run to compare with")
    parser.add_argument("new", metavar="NEW", help="results file of the run in question")
    add_format(parser, "markdown")


def run(given: Arguments) -> Status:
    """Prints the changes. Raises `BadFile`."""
    comparison = Comparison(results.read(given.old), results.read(given.new))
    show_as(given.format, comparison, changes)
    return Status.DEVIATION if comparison.fails else Status.OK
