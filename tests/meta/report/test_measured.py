"""Figures in words: titles, values with units, tables that fit a terminal, and what was not measured."""

import io

import pytest
from measurements import beside, measurement, sized, whole

from queuespec.report import measured
from queuespec.report.console import console_for
from queuespec.report.exports import as_csv
from queuespec.results import figures
from queuespec.results.measurement import BYTES, NUMBER, SECONDS, STANDARD, Measured
from queuespec.results.statistics import Estimate


@pytest.mark.parametrize(
    ("workload", "quantity", "parameters", "title"),
    [
        ("transfer", "item", {"shape": "bytes", "size": 0}, "transfer of 0 B"),
        ("transfer", "item", {"shape": "dicts", "size": 1 << 20}, "transfer of 1 MiB of nested dicts"),
        ("transfer", "item", {"shape": "file", "size": 1 << 16}, "transfer of 64 KiB by file"),
        ("hand over", "put", {"size": 1 << 20}, "put of 1 MiB"),
        ("hand over", "acknowledged", {"size": 100}, "put of 100 B until acknowledged"),
        ("hand over", "", {"size": 100}, "put of 100 B"),
        ("round trip", "p99", {}, "round trip, p99"),
        ("round trip", "", {}, "round trip"),
        ("start", "first item", {}, "start of a process to its first item"),
        ("start", "get", {}, "get of an item that is there"),
        ("crowd", "item", {"producers": 1, "consumers": 4}, "1 producer, 4 consumers"),
        ("token", "increment", {"processes": 2}, "token counter, 2 processes"),
        ("growth", "item", {"items": 10_000}, "transfer after 10,000 waiting items"),
        ("kind", "item", {"kind": "SimpleQueue"}, "transfer by SimpleQueue"),
        ("kind", "item", {"kind": "J", "done": "task_done() and join()"}, "transfer by J, with task_done() and join()"),
        ("timeout", "item", {}, "transfer, get() with a timeout"),
        ("maxsize", "item", {"maxsize": 10}, "transfer with maxsize 10"),
        ("at rest", "memory", {}, "memory of an unused queue"),
        ("at rest", "", {}, "memory and descriptors of an unused queue"),
        ("memory", "buffered item", {"size": 1 << 24}, "memory of a buffered item of 1,000 B"),
        ("memory", "peak of the producer", {"size": 1 << 24}, "peak of the producer of 16 MiB"),
        ("of later", "item", {"color": "blue"}, "of later item color blue"),
        ("transfer", "item", {"shape": "bytes", "size": "blue\n"}, "transfer item shape bytes size blue\\n"),
        ("crowd", "item", {}, "crowd item"),
    ],
)
def test_a_title_says_what_was_measured(workload, quantity, parameters, title):
    assert figures.title(measurement(1.0, workload, quantity, parameters=parameters)) == title


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [
        (1.5, SECONDS, "1.50 s"),
        (2.0, SECONDS, "2 s"),
        (0.0123, SECONDS, "12.3 ms"),
        (4.56e-6, SECONDS, "4.56 µs"),
        (5e-11, SECONDS, "0.0500 ns"),
        (0.0, SECONDS, "0 ns"),
        (1536, BYTES, "1.50 KiB"),
        (1000, BYTES, "1,000 B"),
        (3 << 30, BYTES, "3 GiB"),
        (2.0, NUMBER, "2"),
        (123456.7, NUMBER, "123,457"),
    ],
)
def test_a_value_has_its_unit(number, unit, text):
    assert figures.value(number, unit) == text


def test_an_interval_says_its_unit_once_if_it_can():
    assert figures.interval(Estimate(2e-6, 1.5e-6, 3e-6), SECONDS) == "1.50-3 µs"
    assert figures.interval(Estimate(2e-6, 5e-7, 3e-3), SECONDS) == "500 ns-3 ms"
    assert figures.interval(Estimate(2e-6, float("nan"), float("nan")), SECONDS) == ""


def test_a_ratio_with_its_interval():
    assert figures.times(Estimate(2.414, 2.1849, 2.7)) == "2.41x (2.18-2.70)"
    assert figures.times(Estimate(1234.5, 200.2, 9999.9)) == "1,234x (200-10,000)"


def test_rates_are_items_of_small_ones_and_bytes_of_large_ones():
    assert figures.rate(sized(100, None, rounds=(1e-5, 1e-5))) == "100,000/s"
    assert figures.rate(sized(1 << 20, None, rounds=(1e-3, 1e-3))) == "1,000 MiB/s"
    assert figures.rate(measurement(1e-5, "round trip", "p50")) == ""


def table(run, width=200):
    file = io.StringIO()
    measured.to_terminal(run, console_for(file, width=width))
    return file.getvalue().splitlines()


def test_the_table_has_a_line_for_each_figure():
    lines = table(whole())

    assert lines[0].split() == ["cost", "95", "%", "rate", "to", "its", "limit"]
    assert [line.partition("  ")[0] for line in lines[1:6]] == [
        f"transfer of {size}" for size in ("0 B", "100 B", "64 KiB", "1 MiB", "16 MiB")
    ]


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_the_table_is_no_wider_than_the_terminal(width):
    lines = table(whole(), width)

    assert max(map(len, lines)) <= max(width, 50)
    assert lines[0].startswith(" ") and "cost" in lines[0]


def test_another_implementation_has_a_column_for_the_standard_library():
    run = Measured(beside(sized(100, 2e-5, noise=0.02, limit="Connection"), Connection=1e-5, **{STANDARD: 4e-5}))

    assert table(run)[0].endswith("to its limit  to multiprocessing")
    assert " 0.5" in table(run)[1] or " 0.49x" in table(run)[1]


def test_what_was_not_measured_is_said_once_for_each_reason():
    some = [measurement(None, "token", "", parameters={"processes": one}, problem="it hung") for one in range(9)]
    line = table(Measured(some), 1000)[-1]

    assert line.startswith("not measured: token counter, 0 processes, token counter, 1 processes, ")
    assert line.endswith(" and 3 others: it hung")


def test_few_rounds_and_outliers_are_said():
    few = sized(100, 1e-5, number=3)
    odd = sized(200, None, rounds=(1e-5, 1.1e-5, 0.9e-5, 1e-5, 1e-5, 9e-5))
    lines = table(Measured([few, odd]))

    assert "rounds that are far from the others, and count: transfer of 200 B (" in lines[3]
    assert lines[4] == "1 figure of fewer than 6 rounds (3), too few for an interval of 95 %"


def test_no_cell_of_csv_is_a_formula():
    run = Measured([measurement(1e-5, "=cmd|' /C calc'!A0", "@x", "+1", problem="-2+3")])
    line = as_csv(run).splitlines()[1]

    assert "\"'=cmd" in line or line.startswith("'=cmd")
    assert ",'+1," in line and ",'@x," in line and line.endswith(",'-2+3")
