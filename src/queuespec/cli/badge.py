"""Writes a badge for a README, such as "conforms 2481/2481": how many of the verdicts that decide the exit status of a
run conform. Files of runs that were killed are accepted and marked; a copy of a file is counted once. If there is
nothing to count, the badge says so in gray, and the exit status is 5.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from queuespec.cli.common import EachOnce, write
from queuespec.cli.parser import Arguments, Parser, Refused, Status
from queuespec.report.badge import NOTHING, as_endpoint, as_svg, badge
from queuespec.report.console import Forgiving, say_error
from queuespec.text import one_line


def add_arguments(parser: Parser) -> None:
    """Adds the arguments."""
    parser.add_argument("files", metavar="FILE", nargs="+", help="a results file")
    parser.add_argument(
        "--format",
        choices=("svg", "json"),
        default="svg",
        help="a picture, or the data of shields.io's endpoint badge (default: svg)",
    )
    parser.add_argument("--output", metavar="FILE", type=Path, help="where to write it (default: standard output)")


def run(given: Arguments) -> Status:
    """Writes the badge. Raises `BadFile`, `Refused`."""
    found = badge(EachOnce("badge").read(given.files))
    if given.output is not None and os.path.realpath(given.output) in map(os.path.realpath, given.files):
        raise Refused(f"{one_line(str(given.output))!r} is the results file itself; name another output")
    text = as_svg(found) if given.format == "svg" else as_endpoint(found)
    if given.output is None:
        Forgiving(sys.stdout).write(text)
    else:
        write(given.output, text)
    if found == NOTHING:
        say_error(
            "queuespec badge: nothing to count: these files have no verdict that decides the exit status of a run"
        )
        return Status.NOTHING
    return Status.OK
