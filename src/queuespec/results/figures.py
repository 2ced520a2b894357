"""Figures in words: what was measured, and values with their units."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Callable

from queuespec.results.measurement import BYTES, SECONDS, Measurement
from queuespec.results.statistics import Estimate
from queuespec.text import counted, one_line

SHAPES = {"bytes": "", "ints": " of ints", "dicts": " of nested dicts", "array": " of a NumPy array"}


def _transfer(what: Mapping[str, Any], quantity: str) -> str:
    shape = str(what.get("shape", ""))
    size = f"transfer of {size_of(what.get('size', 0))}"
    return size + SHAPES[shape] if shape in SHAPES else f"{size} by {shape}"


def _hand_over(what: Mapping[str, Any], quantity: str) -> str:
    size = f"put of {size_of(what.get('size', 0))}"
    return f"{size} until {quantity}" if quantity not in ("put", "") else size


def _growth(what: Mapping[str, Any], quantity: str) -> str:
    return f"transfer after {what.get('items', 0):,} waiting items"


def _kind(what: Mapping[str, Any], quantity: str) -> str:
    done = f", with {what['done']}" if "done" in what else ""
    return f"transfer by {what.get('kind', '')}{done}"


WORDS: dict[str, Callable[[Mapping[str, Any], str], str]] = {
    "transfer": _transfer,
    "hand over": _hand_over,
    "growth": _growth,
    "kind": _kind,
    "round trip": lambda what, quantity: f"round trip, {quantity}".rstrip(", "),
    "start": lambda what, quantity: (
        "get of an item that is there" if quantity == "get" else "start of a process to its first item"
    ),
    "crowd": lambda what, quantity: (
        f"{counted(int(what['producers']), 'producer')}, {counted(int(what['consumers']), 'consumer')}"
    ),
    "token": lambda what, quantity: f"token counter, {what.get('processes')} processes",
    "timeout": lambda what, quantity: "transfer, get() with a timeout",
    "maxsize": lambda what, quantity: f"transfer with maxsize {what.get('maxsize')}",
    "at rest": lambda what, quantity: f"{quantity or 'memory and descriptors'} of an unused queue",
    "memory": lambda what, quantity: (
        "memory of a buffered item of 1,000 B"
        if quantity == "buffered item"
        else f"{quantity or 'memory'} of {size_of(what.get('size', 0))}"
    ),
}
"""By workload, its words for parameters and a quantity, which is empty if nothing could be measured."""


def title(one: Measurement) -> str:
    """What was measured, in words: ``put of 1 MiB``."""
    try:
        words = WORDS[one.workload](one.parameters, one.quantity)
    except (KeyError, TypeError, ValueError):  # a file of another version
        words = " ".join([one.workload, one.quantity, *(f"{name} {value}" for name, value in one.parameters.items())])
    return one_line(words, 100)


def title_of_row(one: Measurement) -> str:
    """The same for a list that has several start methods: ``start of a process to its first item (spawn)``."""
    return title(one) + (f" ({one_line(one.start_method, 40)})" if one.workload == "start" else "")


def size_of(size: Any) -> str:
    """A number of bytes: ``64 KiB``. Raises `TypeError` if it is none."""
    number, unit = float(size), "B"
    for larger in ("KiB", "MiB", "GiB"):
        if number < 1024:
            break
        number, unit = number / 1024, larger
    return f"{_digits(number)} {unit}"


def _digits(number: float) -> str:
    if number == round(number):
        return f"{number:,.0f}"
    return f"{number:.{max(0, 2 - math.floor(math.log10(abs(number))))}f}" if abs(number) < 100 else f"{number:,.0f}"


def value(number: float, unit: str) -> str:
    """A value with its unit, in three digits: ``12.3 µs``."""
    if unit == BYTES:
        return size_of(number)
    if unit != SECONDS:
        return _digits(number)
    for factor, name in ((1, "s"), (1e3, "ms"), (1e6, "µs"), (1e9, "ns")):
        if number * factor >= 1 or name == "ns":
            return f"{_digits(round(number * factor, 3))} {name}"
    raise AssertionError


def rate(one: Measurement) -> str:
    """How many items pass in a second, and how many bytes; empty if that says nothing."""
    estimate = one.estimate
    if estimate is None or not estimate.value or one.quantity not in ("item", "increment"):
        return ""
    size = one.parameters.get("size", 0)
    if isinstance(size, (int, float)) and size >= 1 << 10:
        return f"{size_of(size / estimate.value)}/s"
    return f"{1 / estimate.value:,.0f}/s"


def interval(estimate: Estimate, unit: str) -> str:
    """``11.9-13.2 µs``; empty if there is none."""
    if math.isnan(estimate.low):
        return ""
    low, high = value(estimate.low, unit), value(estimate.high, unit)
    one, _, name = low.partition(" ")
    return f"{one}-{high}" if high.endswith(f" {name}") or not name else f"{low}-{high}"


def times(estimate: Estimate) -> str:
    """A ratio with its interval: ``2.41x (2.18-2.70)``."""
    if math.isnan(estimate.low):
        return f"{factor(estimate.value)}x"
    return f"{factor(estimate.value)}x ({factor(estimate.low)}-{factor(estimate.high)})"


def factor(number: float) -> str:
    """A ratio in about three digits."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}" if number < 0.1 else f"{number:.2f}"
