"""Reading results files: what is damaged, cut short or foreign is refused in one sentence."""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any, BinaryIO

from queuespec.results import schema
from queuespec.results.verdict import FORMAT, BadFile, Header, Results, Verdict, counts
from queuespec.text import counted, one_line

if TYPE_CHECKING:
    from pathlib import Path

LONGEST_LINE = 4_000_000
NOT_WAITING = getattr(os, "O_NONBLOCK", 0)


def opened(path: str | os.PathLike[str]) -> BinaryIO:
    """A file for reading; a pipe into which nobody writes is an empty one, and not waited for. Raises `OSError`."""

    def opener(name: str, flags: int) -> int:
        number = os.open(name, flags | NOT_WAITING)
        if NOT_WAITING:
            os.set_blocking(number, True)
        return number

    return open(path, "rb", opener=opener)


def is_whole(path: Path) -> bool:
    try:
        return not read(path).cut_short
    except BadFile:
        return False


def read(path: str | os.PathLike[str], cut_short: bool = False, timelines: bool = False) -> Results:
    """Reads a results file. Raises `BadFile` for one that is damaged, and for one that was cut short unless allowed."""
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
        self.keys: set[tuple[str, str, str, str]] = set()
        self.shared: dict[str, str] = {}
        self.torn = False

    def bad(self, what: str) -> BadFile:
        where = f", line {self.number}" if self.number else ""
        return BadFile(f"{self.name}{where}: {one_line(what)}")

    def read(self, cut_short: bool) -> Results:
        try:
            with opened(self.path) as file:
                while True:
                    line = file.readline(LONGEST_LINE + 1)
                    if not line:
                        break
                    self.number += 1
                    self.take(line)
        except OSError as error:
            raise BadFile(f"{self.name} cannot be read: {error.strerror or type(error).__name__}") from None
        except ValueError as error:
            raise BadFile(f"{self.name!r} cannot be read: {one_line(str(error))}") from None
        if self.header is None:
            self.number = 0
            raise self.bad("it is no results file: it has no header" if self.torn else "it is empty")
        why = ""
        if self.footer is None:
            why = f"cut short after {counted(len(self.verdicts), 'verdict')}: it has no footer"
            if not cut_short:
                self.number = 0
                raise self.bad(why)
        elif self.footer["counts"]["not-run"]:
            why = f"cut short: without {counted(self.footer['counts']['not-run'], 'planned verdict')}"
        return Results(self.name, self.header, self.verdicts, why)

    def take(self, line: bytes) -> None:
        if len(line) > LONGEST_LINE:
            raise self.bad(f"the line is longer than {LONGEST_LINE} bytes")
        if self.torn:
            raise self.bad("the line before is torn, and yet another follows")
        if self.footer is not None:
            raise self.bad("there is something after the footer")
        try:
            data = _parsed(line)
        except BadFile as error:
            if line.endswith(b"\n") or self.header is None:
                raise self.bad(str(error)) from None
            self.torn = True
            return
        if self.header is None:
            self.take_header(data)
        elif "digest" in data:
            self.take_footer(data)
        else:
            self.take_verdict(data)
        self.digest.update(line.rstrip(b"\r\n") + b"\n")

    def take_header(self, data: dict[str, Any]) -> None:
        if "format" not in data:
            raise self.bad("it is no results file: it does not begin with a header")
        if type(data["format"]) is not int or data["format"] != FORMAT:
            raise self.bad(
                f"the file has format {data['format']!r}, and this queuespec reads format {FORMAT}; "
                "use the queuespec that wrote it, or judge again"
            )
        wrong = self.checks["header"](data)
        if wrong:
            raise self.bad(f"the header is wrong: {wrong}")
        self.header = Header.from_data(data)
        if len(set(self.header.start_methods)) != len(self.header.start_methods):
            raise self.bad("the header is wrong: a start method stands in it twice")

    def take_verdict(self, data: dict[str, Any]) -> None:
        assert self.header is not None
        if "format" in data:
            raise self.bad("there is a second header")
        wrong = self.checks["verdict"](data)
        if wrong:
            raise self.bad(f"the verdict is wrong: {wrong}")
        if not self.timelines:
            data.pop("timeline", None)
        self.add(data)

    def add(self, data: dict[str, Any]) -> None:
        assert self.header is not None
        shared = self.shared
        for name, value in data.items():
            if type(value) is str:
                data[name] = shared.setdefault(value, value)
        verdict = Verdict.from_data(data)
        if verdict.start_method and verdict.start_method not in self.header.start_methods:
            raise self.bad(f"the verdict is wrong: the header knows no start method {verdict.start_method!r}")
        if verdict.verdict == "conforms" and verdict.reported_start_method not in ("", verdict.start_method):
            raise self.bad(
                f"the verdict is wrong: it conforms under {verdict.start_method}, "
                f"but the children were started by {verdict.reported_start_method}"
            )
        before = len(self.keys)
        self.keys.add(verdict.key)
        if len(self.keys) == before:
            raise self.bad(f"there is a second verdict for {' '.join(filter(None, verdict.key))}")
        self.verdicts.append(verdict)

    def take_footer(self, data: dict[str, Any]) -> None:
        wrong = self.checks["footer"](data)
        if wrong:
            raise self.bad(f"the footer is wrong: {wrong}")
        if data["counts"] != counts(self.verdicts):
            raise self.bad("the footer counts other verdicts than the file has: lines are missing or were changed")
        if data["digest"] != self.digest.hexdigest():
            raise self.bad("the file was changed after it had been written: the footer's digest is that of other lines")
        self.footer = data


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise ValueError("a name stands twice in an object")
    return data


_decoder = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_constant)


def _parsed(line: bytes) -> dict[str, Any]:
    """The object that a line is. Raises `BadFile` with half a sentence."""
    if line.startswith(b"\x1f\x8b"):
        raise BadFile("the file is compressed by gzip; unpack it first")
    if line.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")) or b"\0" in line:
        raise BadFile("the file is not in UTF-8 without a byte order mark, or no text at all")
    try:
        data = _decoder.decode(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise BadFile("the line is not in UTF-8") from None
    except (ValueError, RecursionError) as error:
        what = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        raise BadFile(f"the line is no JSON: {what}") from None
    if not isinstance(data, dict):
        raise BadFile("the line is no JSON object")
    return data
