"""Pictures of figures: readable in gray, with units at the axes and the legend beside the data. Needs matplotlib."""

from __future__ import annotations

import contextlib
import math
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullFormatter

from queuespec.results import figures
from queuespec.results.measurement import QUEUE, SECONDS, STANDARD, Measured, Measurement
from queuespec.results.statistics import Estimate
from queuespec.text import one_line

STYLES = (
    {"color": "#000000", "marker": "o", "linestyle": "-", "linewidth": 2},
    {"color": "#b34700", "marker": "s", "linestyle": "--", "linewidth": 1.6},
    {"color": "#1f6fb4", "marker": "^", "linestyle": "-.", "linewidth": 1.3},
    {"color": "#666666", "marker": "v", "linestyle": ":", "linewidth": 1.3},
    {"color": "#8f8f8f", "marker": "D", "linestyle": (0, (5, 1)), "linewidth": 1.1},
    {"color": "#a58ab8", "marker": "x", "linestyle": (0, (1, 1)), "linewidth": 1.1},
)
"""Of the first series, and so on: color, marker and line each tell them apart."""

HATCHES = ("", "///", "...")
LIMITS = ("Connection", "pipe", "pickle", "memcpy")
WORDS = {
    "Connection": "limit: Connection.send and recv",
    "pipe": "limit: a pipe, the same bytes",
    "pickle": "limit: pickle and unpickle",
    "memcpy": "limit: one copy (memcpy)",
    STANDARD: "multiprocessing",
}
SETTINGS: Any = {"font.size": 9, "axes.axisbelow": True}
MOST_ROWS = 60
"""How many figures are shown side by side."""

Picture = tuple[str, str, Figure]
"""The name of a file, what it shows, and the picture."""


def pictures(measured: Measured, subject: str) -> Iterator[Picture]:
    """The pictures of a run; `subject` is what was measured, in words."""
    with matplotlib.rc_context(SETTINGS):
        for draw in (throughput, latency, crowds, growth, side_by_side):
            picture = draw(measured, one_line(subject, 100))
            if picture is not None:
                yield picture


def _axes(title: str, across: str, up: str, size: tuple[float, float] = (7.5, 4.2)) -> tuple[Figure, Any]:
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title, parse_math=False, loc="left", fontsize=10)
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.grid(True, which="major", color="#dddddd", linewidth=0.6)
    return figure, axes


def _legend(figure: Figure) -> None:
    handles, labels = figure.axes[0].get_legend_handles_labels()
    if len(labels) > 1:
        legend = figure.legend(handles, labels, loc="outside right upper", frameon=False)
        for text in legend.get_texts():
            text.set_parse_math(False)


def _line(axes: Any, points: Iterable[tuple[float, Estimate]], label: str, number: int, bars: bool = True) -> None:
    known = [(x, estimate) for x, estimate in points if estimate.value > 0]
    if not known:
        return
    across, values = [x for x, _ in known], [estimate.value for _, estimate in known]
    ends = _ends(one for _, one in known)
    style = {**STYLES[number % len(STYLES)], "markersize": 5}
    axes.errorbar(across, values, yerr=ends if bars else None, label=label, capsize=3, elinewidth=1, **style)


def _ends(found: Iterable[Estimate]) -> list[list[float]]:
    """How far the intervals reach below and above the values; nothing if there is none."""
    pairs = [(one.value - one.low, one.high - one.value) for one in found]
    return [[max(0.0, end) if math.isfinite(end) else 0.0 for end in ends] for ends in zip(*pairs)]


def _number(one: Measurement, name: str) -> float:
    found = one.parameters.get(name)
    return float(found) if isinstance(found, (int, float)) else 0.0


def _labels(measured: Measured, subject: str, limits: Sequence[str]) -> list[tuple[str, str]]:
    """What is measured, and its label, in the order of the styles."""
    others = [STANDARD] if measured.has_standard else []
    return [(QUEUE, subject), *((of, WORDS[of]) for of in (*others, *limits))]


def throughput(measured: Measured, subject: str) -> Picture | None:
    """Bytes in a second over the size of an item."""
    figure, axes = _axes("Throughput over the size of an item", "size of an item", "throughput")
    axes.set_xscale("log", base=2)
    axes.set_yscale("log", base=2)
    for number, (of, label) in enumerate(_labels(measured, subject, LIMITS)):
        found = [one for one in measured.find("transfer", "item", of, shape="bytes") if _number(one, "size") > 0]
        points = sorted((_number(one, "size"), one.estimate) for one in found if one.estimate)
        rates = [(size, _rate(size, estimate)) for size, estimate in points if estimate.low or estimate.value]
        _line(axes, rates, label, number, bars=of in (QUEUE, STANDARD))
    axes.xaxis.set_major_locator(FixedLocator([2.0**power for power in range(6, 50, 4)]))
    axes.yaxis.set_major_locator(FixedLocator([2.0**power for power in range(2, 100, 3)]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: figures.size_of(value)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{figures.size_of(value)}/s"))
    return _whole("throughput", figure, axes)


def _rate(size: float, estimate: Estimate) -> Estimate:
    low, high = (size / one if one else size / estimate.value for one in (estimate.high, estimate.low))
    return Estimate(size / estimate.value, low, high)


def _whole(name: str, figure: Figure, axes: Any) -> Picture | None:
    """The picture, if something is on it."""
    if not axes.has_data():
        return None
    _legend(figure)
    return name, axes.get_title(loc="left"), figure


def latency(measured: Measured, subject: str) -> Picture | None:
    """Which part of round trips takes at most that long."""
    figure, axes = _axes("Round trips of a small item", "duration of a round trip", "part of the round trips, %")
    axes.set_xscale("log")
    for number, (of, label) in enumerate(_labels(measured, subject, LIMITS[:1])):
        for one in measured.find("round trip", "p50", of):
            known = [value for value in one.distribution if value > 0]
            if len(known) > 1:
                parts = [100 * place / (len(known) - 1) for place in range(len(known))]
                style = {**STYLES[number], "markersize": 4}
                axes.plot(known, parts, label=label, markevery=4, **style)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: figures.value(value, SECONDS)))
    axes.xaxis.set_minor_formatter(NullFormatter())
    return _whole("latency", figure, axes)


def crowds(measured: Measured, subject: str) -> Picture | None:
    """Items in a second by the numbers of producers and consumers."""
    figure, axes = _axes("Several producers and consumers", "producers x consumers", "items per second")
    names: dict[tuple[float, float], None] = {}
    series = []
    for of, label in _labels(measured, subject, ()):
        found = {
            (_number(one, "producers"), _number(one, "consumers")): one for one in measured.find("crowd", "item", of)
        }
        names.update(dict.fromkeys(found))
        series.append((label, found))
    order = sorted(names)
    width = 0.8 / len(series)
    for number, (label, found) in enumerate(series):
        known = [(place, found[name].estimate) for place, name in enumerate(order) if name in found]
        rates = [(place + number * width, _rate(1, one)) for place, one in known if one and one.value > 0]
        if rates:
            heights = [one.value for _, one in rates]
            ends = [
                [max(0.0, one.value - one.low) for _, one in rates],
                [max(0.0, one.high - one.value) for _, one in rates],
            ]
            color = ("#555555", "#dda37a")[number]
            places = [place for place, _ in rates]
            axes.bar(
                places, heights, width, yerr=ends, capsize=3, label=label, color=color, hatch=HATCHES[number],
                edgecolor="#000000",
            )  # fmt: skip
    axes.set_xticks([place + 0.4 - width / 2 for place in range(len(order))])
    axes.set_xticklabels([f"{one:g} x {two:g}" for one, two in order])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    return _whole("crowds", figure, axes)


def growth(measured: Measured, subject: str) -> Picture | None:
    """The cost of an item over the number of items that wait."""
    figure, axes = _axes("Cost of an item over the number of waiting items", "items put before the first is taken", "")
    axes.set_ylabel("duration per item")
    axes.set_xscale("log")
    for number, (of, label) in enumerate(_labels(measured, subject, LIMITS[:1])):
        found = [(_number(one, "items"), one.estimate) for one in measured.find("growth", "item", of)]
        points = sorted((items, estimate) for items, estimate in found if estimate and items > 0)
        _line(axes, points, label, number, bars=of in (QUEUE, STANDARD))
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: figures.value(value, SECONDS) if value else "0"))
    return _whole("growth", figure, axes)


def side_by_side(measured: Measured, subject: str) -> Picture | None:
    """All costs in relation to the standard library's, or else to their limits."""
    to_standard = measured.has_standard
    rows = [(one, measured.ratio(one, STANDARD if to_standard else one.limit)) for one in measured.figures]
    known = [(one, ratio) for one, ratio in rows if ratio is not None and ratio.value > 0][:MOST_ROWS]
    other = "multiprocessing" if to_standard else "its limit"
    figure, axes = _axes(
        f"{subject} beside {other}", f"cost, as a multiple of that of {other}; less is better", "",
        (7.5, 1.3 + 0.2 * len(known)),
    )  # fmt: skip
    axes.set_xscale("log")
    for place, (_, ratio) in enumerate(known):
        low, high = (ratio.value if math.isnan(one) else one for one in (ratio.low, ratio.high))
        axes.plot([low, high], [place, place], color="#777777", linewidth=2)
        axes.plot([ratio.value], [place], color="#000000", marker="o", markersize=4)
    axes.axvline(1, color="#000000", linewidth=1, linestyle="--")
    axes.set_yticks(range(len(known)))
    axes.set_yticklabels([figures.title_of_row(one) for one, _ in known], parse_math=False)
    axes.set_ylim(len(known), -1)
    low, high = axes.get_xlim()
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high / low < 300 else (1,)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}x"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    return _whole("side-by-side", figure, axes) if known else None


def history(runs: Sequence[tuple[str, Measured]], chosen: Sequence[tuple[str, str, str]]) -> Picture | None:
    """How some costs have changed over runs, each with its date: what they are in relation to their limits."""
    with matplotlib.rc_context(SETTINGS):
        return _history(runs, chosen) if len(runs) > 1 else None


def _history(runs: Sequence[tuple[str, Measured]], chosen: Sequence[tuple[str, str, str]]) -> Picture | None:
    figure, axes = _axes("History", "date of the run", "cost, as a multiple of its limit")
    dates = [one_line(date, 20) for date, _ in runs]
    for number, about in enumerate(chosen):
        points = []
        label = ""
        for place, (_, measured) in enumerate(runs):
            for one in measured.figures:
                ratio = measured.ratio(one, one.limit)
                if ratio is not None and one.about[:3] == about:
                    points.append((place, ratio))
                    label = figures.title(one)
        _line(axes, points, label, number)
    axes.set_ylim(bottom=0)
    axes.set_xticks(range(len(dates)))
    axes.set_xticklabels(dates, parse_math=False, rotation=30, ha="right")
    return _whole("history", figure, axes)


def save(directory: Path, found: Iterable[Picture]) -> list[Path]:
    """Writes each picture as SVG and as PNG; returns the paths. Raises `OSError`."""
    directory.mkdir(parents=True, exist_ok=True)
    written = []
    for picture in found:
        path = directory / f"{picture[0]}.svg"
        save_svg(path, picture)
        with _quiet():
            picture[2].savefig(path.with_suffix(".png"), dpi=120)
        written += [path, path.with_suffix(".png")]
    return written


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Says nothing of characters that the font lacks."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def save_svg(path: Path, picture: Picture) -> None:
    """Writes a picture as SVG: the same picture is the same file. Raises `OSError`."""
    name, title, figure = picture
    path.parent.mkdir(parents=True, exist_ok=True)
    with matplotlib.rc_context({"svg.hashsalt": name}), _quiet():
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None, "Title": title})
