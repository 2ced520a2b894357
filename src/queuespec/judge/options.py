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
    """Adds the options for judging, by argparse's `add_argument` or pytest's `addoption`.

    Each help text fits on one line beside its option in 80 columns.
    """
    seconds: dict[str, Any] = {"metavar": "SECONDS", "type": positive_seconds}
    repeatable: dict[str, Any] = {"action": "append", "default": []}
    add(
        "--implementation",
        metavar="NAME",
        default="multiprocessing",
        help="judge this: a module, MODULE:CLASS or fault:NAME",
    )
    add("--start-method", metavar="NAME", help="judge under this start method only; repeatable", **repeatable)
    add(
        "--python",
        metavar="EXECUTABLE",
        default=sys.executable,
        help="judge the queue of this interpreter (3.9 or later)",
    )
    add("--patience", default=10.0, help="timeout for what must complete; raise if slow (10)", **seconds)
    add("--quiet-time", default=0.1, help="time to watch a call that must block (0.1)", **seconds)
    add("--rule", metavar="SLUG", help="judge this rule only; repeatable", **repeatable)
    add(
        "--crowd",
        metavar="NUMBER",
        type=positive_number,
        default=2,
        help="producers and consumers in crowd rules (2 each)",
    )
    add("--results", metavar="FILE", help="write the verdicts to this file, as JSON Lines")
    add("--expectations", metavar="FILE", help="expect the deviations in this TOML file; repeatable", **repeatable)
    add("--timeline", action="store_true", help="print every call with its time and outcome")
