"""The options for judging, for every parser that has them. Nothing here imports pytest."""

from __future__ import annotations

import argparse
import math
import sys
from typing import Any, Callable


def positive_seconds(text: str) -> float:
    """A positive, finite number of seconds."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive number of seconds")
    return number


def positive_number(text: str) -> int:
    """A positive whole number."""
    if not (text.isascii() and text.isdecimal() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive whole number")
    return int(text)


def add_options(add: Callable[..., Any]) -> None:
    """Adds the options for judging, by argparse's `add_argument` or by what pytest has of that kind."""
    add(
        "--implementation",
        metavar="NAME",
        default="multiprocessing",
        help="judge this queue: a module with multiprocessing's API, MODULE:CLASS, or fault:NAME "
        "(default: multiprocessing)",
    )
    add(
        "--start-method",
        metavar="NAME",
        action="append",
        default=[],
        help="judge under this start method only; may be given several times (default: all that the platform has)",
    )
    add(
        "--python",
        metavar="EXECUTABLE",
        default=sys.executable,
        help="judge the queue of this interpreter, 3.9 or later; it needs nothing installed (default: this one)",
    )
    add(
        "--patience",
        metavar="SECONDS",
        type=positive_seconds,
        default=10.0,
        help="how long a thing that must happen may take (default: 10)",
    )
    add(
        "--quiet-time",
        metavar="SECONDS",
        type=positive_seconds,
        default=0.1,
        help="how long to watch that nothing happens (default: 0.1)",
    )
    add(
        "--rule",
        metavar="SLUG",
        action="append",
        default=[],
        help="judge this rule only; may be given several times",
    )
    add(
        "--crowd",
        metavar="NUMBER",
        type=positive_number,
        default=2,
        help="let that many producers and as many consumers meet in rules about many processes (default: 2)",
    )
    add("--results", metavar="FILE", help="write the verdicts to this file, one line of JSON each")
    add(
        "--deviations",
        metavar="FILE",
        action="append",
        default=[],
        help="expect the deviations that this TOML file declares; may be given several times",
    )
    add("--timeline", action="store_true", help="show the calls of every test that was judged, also where all is well")
