"""Shows what changed between two runs: of two versions, systems or implementations, or of a change and the last run of
the default branch. The exit status is 1 if there is a regression, or a new finding of exploring. What runs measured
became slower or faster if the change is beyond the noise of both; it decides the exit status with --fail-above.
"""

from __future__ import annotations

import argparse
import math

from queuespec import results
from queuespec.cli.common import show_as
from queuespec.cli.parser import Arguments, Parser, Status, add_format
from queuespec.report import changes
from queuespec.results.comparison import Comparison


def ratio(text: str) -> float:
    """A factor of at least 1."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 1 <= number < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a factor of at least 1, such as 1.2")
    return number


def add_arguments(parser: Parser) -> None:
    """Adds the arguments."""
    parser.add_argument("old", metavar="OLD", help="results file of the run to compare with")
    parser.add_argument("new", metavar="NEW", help="results file of the run in question")
    help_text = "exit with status 1 if something became slower by more than this factor, beyond the noise"
    parser.add_argument("--fail-above", metavar="RATIO", type=ratio, help=help_text)
    add_format(parser, "markdown")


def run(given: Arguments) -> Status:
    """Prints the changes. Raises `BadFile`."""
    comparison = Comparison(results.read(given.old), results.read(given.new))
    show_as(given.format, comparison, changes)
    slower = given.fail_above is not None and comparison.costs.regressions(given.fail_above)
    return Status.DEVIATION if comparison.fails or slower else Status.OK
