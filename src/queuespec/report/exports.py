"""Figures for other programs: CSV, and the JSON of pyperf, whose ``compare_to``, ``hist`` and ``stats`` read it."""

from __future__ import annotations

import csv
import io
import itertools
import json
import math
from pathlib import Path
from typing import Any

from queuespec.results import Header, figures
from queuespec.results.measurement import BYTES, NUMBER, QUEUE, SECONDS, Measured, Measurement
from queuespec.results.statistics import LEAST

COLUMNS = ("figure", "of", "workload", "quantity", "parameters", "kind", "start method", "unit")
NUMBERS = ("value", "low", "high", "rounds", "samples", "limit", "to limit", "to limit low", "to limit high", "problem")


def as_csv(measured: Measured) -> str:
    """A line for each measurement; a cell that a spreadsheet would take for a formula begins with an apostrophe."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow((*COLUMNS, *NUMBERS))
    for one in measured.all:
        limit = measured.ratio(one, one.limit)
        cells = (
            *(figures.title(one), one.of, one.workload, one.quantity, json.dumps(dict(one.parameters))),
            *(one.kind, one.start_method, one.unit),
            *(("", "", "") if one.estimate is None else map(_cell, one.estimate)),
            *(len(one.values), one.samples, one.limit),
            *(("", "", "") if limit is None else map(_cell, limit)),
            one.problem,
        )
        table.writerow([f"'{cell}" if str(cell).startswith(("=", "+", "-", "@", "\t")) else cell for cell in cells])
    return text.getvalue()


def _cell(number: float) -> str:
    return "" if math.isnan(number) else f"{number:.6g}"


def to_pyperf(measured: Measured, header: Header, path: Path) -> None:
    """Writes a benchmark for each measurement, each round being a process. Raises `ModuleNotFoundError`, `OSError`."""
    import pyperf

    units = {SECONDS: "second", BYTES: "byte", NUMBER: "integer"}
    about = {
        "implementation": header.subject.judged,
        "python_implementation": header.subject.python_implementation,
        "python_version": header.subject.python_version,
        "platform": header.subject.platform,
        "queuespec_version": header.queuespec,
    }
    benchmarks = []
    for name, some in itertools.groupby(sorted(measured.all, key=_name), key=_name):
        one = next(some)
        whole = one.unit != SECONDS
        values: list[Any] = [round(value) if whole else value for value in one.values if value >= LEAST]
        metadata = {**about, "name": name, "unit": units[one.unit]}
        runs = [pyperf.Run([value], metadata=metadata, collect_metadata=False) for value in values if value > 0]
        if runs:
            benchmarks.append(pyperf.Benchmark(runs))
    if benchmarks:
        pyperf.BenchmarkSuite(benchmarks).dump(str(path), replace=True)


def _name(one: Measurement) -> str:
    method = f", {one.start_method}" if one.start_method else ""
    return f"{figures.title(one)}{method}" + ("" if one.of == QUEUE else f" [{one.of}]")
