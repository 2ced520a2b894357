"""The figures of a run: a table for a terminal, and what changed between two runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from queuespec.report.console import hanging, show
from queuespec.results import costs, figures
from queuespec.results.costs import Costs
from queuespec.results.measurement import QUEUE, STANDARD, Measured, Measurement
from queuespec.results.statistics import ENOUGH, outliers
from queuespec.text import counted, one_line

if TYPE_CHECKING:
    from rich.console import Console

HEAD = ("", "cost", "95 %", "rate", "to its limit", "to multiprocessing")
"""The columns; the last one is shown if another implementation was measured."""

MOST_NAMES = 6
"""How many figures are named that could not be measured for the same reason."""


def to_terminal(measured: Measured, console: Console) -> None:
    """Prints the table, and below it what could not be measured."""
    from rich.text import Text

    rows = [HEAD, *(row(measured, one) for one in measured.figures if one.values)]
    columns = [0, 1, 2, 3, 4, 5] if measured.has_standard else [0, 1, 2, 3, 4]
    widths = [max(len(cells[column]) for cells in rows) for column in range(len(HEAD))]
    while len(columns) > 2 and sum(widths[column] + 2 for column in columns) > console.width + 2:
        columns.remove(3 if 3 in columns else 2 if 2 in columns else columns[-1])
    for number, cells in enumerate(rows):
        line = "  ".join(cells[one].rjust(widths[one]) if one else cells[one].ljust(widths[one]) for one in columns)
        show(console, Text(line.rstrip(), style="" if number else "bold"))
    for line in notes(measured):
        console.print(hanging(console, "", line), soft_wrap=True)


def row(measured: Measured, one: Measurement) -> tuple[str, ...]:
    """The cells of a figure, in the order of `HEAD`."""
    estimate = one.estimate
    assert estimate is not None
    limit, standard = measured.ratio(one, one.limit), measured.ratio(one, STANDARD)
    return (
        figures.title_of_row(one),
        figures.value(estimate.value, one.unit),
        figures.interval(estimate, one.unit),
        figures.rate(one),
        f"{figures.times(limit)} {one.limit}" if limit else "",
        figures.times(standard) if standard else "",
    )


def notes(measured: Measured) -> Iterator[str]:
    """What to know of these figures: rounds that stand out, few rounds, and what was not measured."""
    odd = [(one, len(outliers(one.values))) for one in measured.figures]
    odd = sorted((pair for pair in odd if pair[1]), key=lambda pair: -pair[1])
    if odd:
        said = ", ".join(f"{figures.title(one)} ({number} of {len(one.values)})" for one, number in odd[:3])
        yield f"rounds that are far from the others, and count: {said}" + (" and others" if len(odd) > 3 else "")
    few = [one for one in measured.figures if 0 < len(one.values) < ENOUGH]
    if few:
        least = min(len(one.values) for one in few)
        yield f"{counted(len(few), 'figure')} of fewer than {ENOUGH} rounds ({least}), too few for an interval of 95 %"
    problems: dict[str, list[str]] = {}
    for one in measured.all:
        if one.problem:
            what = figures.title(one) if one.of == QUEUE else f"{figures.title(one)} of {one.of}"
            problems.setdefault(one.problem, []).append(what)
    for problem, whose in problems.items():
        names = [*dict.fromkeys(whose)]
        more = f" and {counted(len(names) - MOST_NAMES, 'other')}" if len(names) > MOST_NAMES else ""
        yield one_line(f"not measured: {', '.join(names[:MOST_NAMES])}{more}: {problem}", 600)


def changed(found: Costs, every: bool = False) -> Iterator[tuple[str, str, Sequence[str]]]:
    """The groups of changes between two runs: a name, a title, and sentences."""
    titles = {costs.SLOWER: "Slower", costs.FASTER: "Faster", costs.UNKNOWN: "Too few rounds", costs.SAME: "The same"}
    for word, title in titles.items():
        sentences = [one.sentence for one in found.of(word)]
        if sentences and (every or word != costs.SAME):
            yield word, f"{title} ({len(sentences)})", sentences
