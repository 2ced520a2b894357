"""Reading results files: a damaged, truncated or foreign file is refused with one sentence."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from sys import intern
from typing import Any, BinaryIO

from queuespec.results import schema
from queuespec.results.findings import Explored, Found, Results
from queuespec.results.measurement import Key, Measured, Measurement
from queuespec.results.verdict import (
    ABSENT,
    CONFORMS,
    FORMAT,
    NOT_RUN,
    SHOWN,
    VERDICTS,
    BadFile,
    Header,
    Verdict,
    counts,
)
from queuespec.text import counted, one_line

LONGEST_LINE = 4_000_000
"""Bytes."""
NOT_WAITING = getattr(os, "O_NONBLOCK", 0)


def opened(path: str | os.PathLike[str]) -> BinaryIO:
    """Opens a file for reading; a pipe without a writer reads as empty instead of blocking. Raises `OSError`."""

    def opener(name: str, flags: int) -> int:
        number = os.open(name, flags | NOT_WAITING)
        if NOT_WAITING:
            os.set_blocking(number, True)
        return number

    return open(path, "rb", opener=opener)


def is_whole(path: Path) -> bool:
    """Whether it is a results file of a complete run."""
    try:
        return not read(path).cut_short
    except BadFile:
        return False


def read(path: str | os.PathLike[str], cut_short: bool = False, timelines: bool = False) -> Results:
    """Reads a results file. Raises `BadFile` if it is damaged.

    Args:
        path: the file.
        cut_short: accept a file without a footer, from a run that was killed.
        timelines: keep the verdicts' timelines and outputs, which take most of the memory.
    """
    return _Reader(os.fspath(path), timelines).read(cut_short)


class _Reader:
    def __init__(self, path: str, timelines: bool) -> None:
        self.path = path
        self.name = one_line(path)
        self.timelines = timelines
        self.checks = schema.checks()
        self.number = 0
        self.digest = hashlib.sha256()
        self.header: Header | None = None
        self.footer: dict[str, Any] | None = None
        self.verdicts: list[Verdict] = []
        self.findings: list[Found] = []
        self.explored: Explored = None
        self.measurements: dict[Key, Measurement] = {}
        self.keys: set[tuple[str, str, str, str]] = set()
        self.torn = False

    def bad(self, what: str) -> BadFile:
        return BadFile(f"{self.name}, line {self.number}: {one_line(what)}")

    def read(self, cut_short: bool) -> Results:
        try:
            with opened(self.path) as file:
                for self.number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE + 1), b""), 1):
                    self.take(line)
        except OSError as error:
            raise BadFile(f"cannot read {self.name}: {error.strerror or type(error).__name__}") from None
        except ValueError as error:
            raise BadFile(f"cannot read {self.name!r}: {one_line(str(error))}") from None
        if self.header is None:
            what = "this is not a results file: the header is missing" if self.torn else "the file is empty"
            raise BadFile(f"{self.name}: {what}")
        why = ""
        if self.footer is None:
            found = counted(len(self.verdicts), "verdict")
            if self.measurements:
                found = counted(len(self.measurements), "measurement")
            why = f"cut short after {found}: the footer is missing"
            if not cut_short:
                raise BadFile(f"{self.name}: {why}")
        elif self.footer["counts"][NOT_RUN]:
            why = f"cut short: {counted(self.footer['counts'][NOT_RUN], 'planned verdict')} missing"
        measured = Measured(self.measurements.values())
        digest = self.digest.hexdigest()
        return Results(self.name, self.header, self.verdicts, why, self.findings, self.explored, measured, digest)

    def take(self, line: bytes) -> None:
        if len(line) > LONGEST_LINE:
            raise self.bad(f"the line is longer than {LONGEST_LINE:,} bytes")
        if self.torn:
            raise self.bad("the previous line is truncated, but it is not the last one")
        if self.footer is not None:
            raise self.bad("unexpected line after the footer")
        try:
            data = parsed(line)
        except BadFile as error:
            if line.endswith(b"\n") or self.header is None:
                raise self.bad(str(error)) from None
            self.torn = True
            return
        if self.header is None:
            self.take_header(data)
        elif "digest" in data:
            self.take_footer(data)
        elif "counterexample" in data:
            self.check("finding", data)
            self.findings.append(Found(**data))
        elif "workload" in data:
            self.take_measurement(data)
        else:
            self.take_verdict(data, self.header.start_methods)
        self.digest.update(line.rstrip(b"\r\n") + b"\n")

    def check(self, what: str, data: dict[str, Any]) -> None:
        wrong = self.checks[what](data)
        if wrong:
            raise self.bad(f"invalid {what}: {wrong}")

    def take_header(self, data: dict[str, Any]) -> None:
        if "format" not in data:
            raise self.bad("this is not a results file: the first line is not a header")
        if type(data["format"]) is not int or data["format"] != FORMAT:
            raise self.bad(
                f"the file has format {data['format']!r}, but this queuespec reads format {FORMAT}; "
                "use the queuespec that wrote it, or judge again"
            )
        self.check("header", data)
        self.header = Header.from_data(data)
        if len(set(self.header.start_methods)) != len(self.header.start_methods):
            raise self.bad("invalid header: a start method is listed twice")

    def take_verdict(self, data: dict[str, Any], start_methods: tuple[str, ...]) -> None:
        if "format" in data:
            raise self.bad("unexpected second header")
        self.check("verdict", data)
        if not self.timelines:
            data.pop("timeline", None)
            data.pop("output", None)
        for name, one in data.items():
            if type(one) is str:
                data[name] = intern(one)
        verdict = Verdict.from_data(data)
        if verdict.start_method and verdict.start_method not in start_methods:
            raise self.bad(f"invalid verdict: start method {verdict.start_method!r} is not in the header")
        if verdict.verdict in (SHOWN, ABSENT) and verdict.level != "hazard":
            raise self.bad(f"invalid verdict: {verdict.rule} is {verdict.verdict}, but it is not a hazard")
        if verdict.verdict in (CONFORMS, SHOWN) and verdict.reported_start_method not in ("", verdict.start_method):
            raise self.bad(
                f"invalid verdict: {verdict.rule} was judged under {verdict.start_method}, "
                f"but its children were started by {verdict.reported_start_method}"
            )
        key = verdict.key
        if key in self.keys:
            raise self.bad(f"second verdict for {' '.join(filter(None, key))}")
        self.keys.add(key)
        self.verdicts.append(verdict)

    def take_measurement(self, data: dict[str, Any]) -> None:
        self.check("measurement", data)
        one = Measurement.from_data(data)
        if one.key in self.measurements:
            raise self.bad(f"second measurement of {one.workload} {one.quantity} of {one.of}")
        self.measurements[one.key] = one

    def take_footer(self, data: dict[str, Any]) -> None:
        self.check("footer", data)
        if {**dict.fromkeys(VERDICTS, 0), **data["counts"]} != counts(self.verdicts):
            raise self.bad("the counts of the footer do not match the verdicts: lines are missing or were changed")
        if data.get("measurements", 0) != len(self.measurements):
            raise self.bad("the footer has another number of measurements: lines are missing or were changed")
        if data["digest"] != self.digest.hexdigest():
            raise self.bad("the digest of the footer does not match the lines: the file was changed later")
        self.footer = data
        self.explored = data.get("explored")


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not valid JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise ValueError("an object has two values of the same name")
    return data


_decoder = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_constant)


def parsed(line: bytes, unit: str = "line") -> dict[str, Any]:
    """The JSON object of a line, or of another `unit`. Raises `BadFile` with the reason, without file and line."""
    if line.startswith(b"\x1f\x8b"):
        raise BadFile("the file is compressed with gzip; decompress it first")
    if line.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")) or b"\0" in line:
        raise BadFile("the file is not a text file in UTF-8 without a byte order mark")
    try:
        data = _decoder.decode(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise BadFile(f"the {unit} is not valid UTF-8") from None
    except (ValueError, RecursionError) as error:
        what = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        raise BadFile(f"the {unit} is not valid JSON: {what}") from None
    if not isinstance(data, dict):
        raise BadFile(f"the {unit} is not a JSON object")
    return data
