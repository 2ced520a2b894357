"""Verdicts: what came of a rule, for one kind of queue under one start method; and the files that keep them.

A results file is lines of JSON: a header (what was judged, where, how), a line a verdict, a footer. One without a
footer was cut short. `results.schema.json` describes the lines.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import itertools
import json
import math
import os
from typing import TYPE_CHECKING, Any, BinaryIO

from queuespec import schema
from queuespec.text import counted, one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from queuespec.rules import Chapter

VERDICTS = ("conforms", "deviates", "hangs", "crashes", "unsupported", "not-applicable", "not-run")
"""From best to worst for those that were judged; the last three are no judgement of the queue."""

JUDGED = VERDICTS[:4]
BAD = VERDICTS[1:4]

FORMAT = 1
LONGEST_LINE = 4_000_000
NOT_WAITING = getattr(os, "O_NONBLOCK", 0)
LONGEST_TIMELINE = 200
"""Calls of a timeline that are kept, the last ones."""

AXES = ("kind", "start_method", "parameters")
"""What the verdicts of one rule differ in."""
MOST_VALUES = 20
"""Values of one of `AXES` that a line can stand for."""


class BadFile(Exception):
    """A file that cannot be used; the text is one sentence that says which, where and why."""


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What came of one test: a rule, for one kind, under one start method. `seconds` is the test's duration."""

    rule: str
    level: str
    chapter: str
    sentence: str
    """The rule's sentence."""
    test: str
    """The test's node id."""
    verdict: str
    gates: bool = True
    explanation: str = ""
    """What happened instead, or why there is no judgement; one sentence, the empty text for `conforms`."""
    kind: str = ""
    start_method: str = ""
    reported_start_method: str = ""
    """What the child processes say they were started by; the empty text where there were none."""
    parameters: str = ""
    seconds: float = 0.0
    timeline: tuple[tuple[float, str, str, str, float | None], ...] = ()
    declared: dict[str, Any] | None = None
    """The deviation that was declared for this: what was expected, the reason, a link, whether it is unstable."""

    def as_data(self) -> dict[str, Any]:
        return {**vars(self), "timeline": [list(row) for row in self.timeline]}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Verdict:
        return cls(**{**_DEFAULTS, **data, "timeline": tuple(tuple(row) for row in data.get("timeline", ()))})

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes a verdict the same question in two files."""
        return (self.rule, self.kind, self.start_method, self.parameters)

    @property
    def bounded(self) -> Verdict:
        """The same with every text fit for a file: one line, not endless, nothing active in it."""
        return dataclasses.replace(
            self,
            explanation=one_line(self.explanation, 1000),
            parameters=one_line(self.parameters),
            test=one_line(self.test, 1000),
            timeline=tuple(
                (round(begun, 4), one_line(actor, 80), one_line(call), one_line(outcome), took and round(took, 4))
                for begun, actor, call, outcome, took in self.timeline[-LONGEST_TIMELINE:]
            ),
        )


_DEFAULTS = {"level": "promise", "chapter": "", "sentence": "", "test": ""}


@dataclasses.dataclass(frozen=True)
class Header:
    """What was judged, where, and how."""

    queuespec: str
    rule_set: str
    implementation: str
    python_implementation: str
    python_version: str
    system: str
    start_methods: tuple[str, ...]
    implementation_version: str = ""
    implementation_home: str = ""
    python_build: str = ""
    free_threaded: bool = False
    release: str = ""
    machine: str = ""
    options: dict[str, Any] = dataclasses.field(default_factory=dict)
    started: str = ""

    def as_data(self) -> dict[str, Any]:
        return {"format": FORMAT, **vars(self), "start_methods": list(self.start_methods)}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Header:
        values = {name: value for name, value in data.items() if name != "format"}
        return cls(**{**values, "start_methods": tuple(data["start_methods"])})

    @property
    def python(self) -> str:
        name = {"cpython": "CPython", "pypy": "PyPy"}.get(self.python_implementation, self.python_implementation)
        return f"{name} {self.python_version}{' free-threaded' if self.free_threaded else ''}"

    @property
    def judged(self) -> str:
        """The implementation, with its version where it has one."""
        return f"{self.implementation} {self.implementation_version}".rstrip()

    @property
    def platform(self) -> str:
        name = {"Darwin": "macOS"}.get(self.system, self.system)
        return f"{name} {self.machine}".rstrip()


@dataclasses.dataclass(frozen=True)
class Results:
    """A results file that was read. `cut_short` says why it is not the whole run; the empty text if it is."""

    name: str
    header: Header
    verdicts: list[Verdict]
    cut_short: str = ""


def worst(verdicts: list[str]) -> str:
    """The one to show for several: the worst judgement, and no judgement only where there is no other."""
    judged = [verdict for verdict in verdicts if verdict in JUDGED]
    return max(judged or verdicts, key=VERDICTS.index)


def counts(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """How many of each verdict, in the order of `VERDICTS`."""
    found = dict.fromkeys(VERDICTS, 0)
    for verdict in verdicts:
        found[verdict.verdict] += 1
    return found


def rule_set(chapters: list[Chapter]) -> str:
    """A hash of what the rules say and where they apply: the same for two runs that judged by the same rules."""
    facts = [
        (
            [rule.slug, rule.level, rule.sentence, rule.proves, rule.kinds, rule.since, rule.until],
            [rule.systems, rule.start_methods, rule.needs, rule.when[0] if rule.when else ""],
        )
        for chapter in chapters
        for rule in chapter.rules
    ]
    return hashlib.sha256(json.dumps(sorted(facts)).encode()).hexdigest()[:16]


# Writing


def as_lines(header: Header, verdicts: Iterable[Verdict], seconds: float = 0.0, brief: bool = False) -> Iterator[str]:
    """The lines of a complete file. A brief one leaves out what is as the reader assumes it."""
    digest = hashlib.sha256()
    found = dict.fromkeys(VERDICTS, 0)

    def line(data: dict[str, Any]) -> str:
        text = json.dumps(data, separators=(",", ":") if brief else None)
        digest.update(text.encode() + b"\n")
        return text

    assumed = {**_DEFAULTS, "gates": True, "declared": None}
    yield line({name: value for name, value in header.as_data().items() if value not in ("", {}) or not brief})
    kept = []
    for verdict in verdicts:
        found[verdict.verdict] += 1
        data = verdict.bounded.as_data()
        if brief:
            data = {name: value for name, value in data.items() if value != assumed.get(name, "") and value != []}
            data.pop("seconds")
            kept.append(data)
        else:
            yield line(data)
    yield from map(line, _together(kept))
    yield line({"counts": found, "seconds": round(seconds, 3), "digest": digest.hexdigest()})


def _together(verdicts: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Verdicts that differ in `AXES` only as one, where they are every combination of what they have there."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for data in verdicts:
        same = json.dumps({name: value for name, value in data.items() if name not in AXES}, sort_keys=True)
        groups.setdefault(same, []).append(data)
    for group in groups.values():
        values = {axis: list(dict.fromkeys(data.get(axis, "") for data in group)) for axis in AXES}
        several = {axis: found for axis, found in values.items() if len(found) > 1}
        if (
            not several
            or math.prod(map(len, several.values())) != len(group)
            or len(max(several.values(), key=len)) > MOST_VALUES
        ):
            yield from group
        else:
            yield {**{name: value for name, value in group[0].items() if name not in several}, "each": several}


def _apart(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The verdicts that a line stands for."""
    several = data.pop("each", {})
    for values in itertools.product(*several.values()):
        yield {**data, **dict(zip(several, values))}


def write(path: Path, header: Header, verdicts: Iterable[Verdict], seconds: float = 0.0, brief: bool = False) -> None:
    """Writes a results file. Raises `OSError`."""
    write_atomically(path, (line + "\n" for line in as_lines(header, verdicts, seconds, brief)))


def write_atomically(path: Path, text: Iterable[str]) -> None:
    """Writes a file: it is complete or not there. Raises `OSError`."""
    fresh = path.with_name(path.name + ".new")
    try:
        with fresh.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
    finally:
        with contextlib.suppress(OSError):
            fresh.unlink()


class Recorder:
    """Writes verdicts as they come beside the file that there will be, so that a killed run leaves what it knew.

    What it leaves is called like the file with ``.unfinished`` behind it: a results file that was cut short.
    The file of an earlier run must not be taken for that of this one; it is kept, with ``.earlier`` behind its name,
    until there is a whole one.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.unfinished = path.with_name(path.name + ".unfinished")
        self.earlier = path.with_name(path.name + ".earlier")
        self.begun = False

    def try_to_write(self) -> None:
        """Raises `OSError` where a file cannot be written there."""
        with self.unfinished.open("a", encoding="utf-8"):
            pass
        if not self.unfinished.stat().st_size:
            self.unfinished.unlink()

    def begin(self, header: Header) -> None:
        self.begun = True
        if self.path.exists():
            if self.earlier.exists() and not _is_whole(self.path):
                self.path.unlink()
            else:
                os.replace(self.path, self.earlier)
        with self.unfinished.open("w", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps(header.as_data()) + "\n")

    def add(self, verdict: Verdict) -> None:
        if self.begun:
            with self.unfinished.open("a", encoding="utf-8", newline="\n") as file:
                file.write(json.dumps(verdict.bounded.as_data()) + "\n")

    def finish(self, header: Header, verdicts: Collection[Verdict], seconds: float) -> None:
        write(self.path, header, verdicts, seconds)
        self.unfinished.unlink(missing_ok=True)
        if all(verdict.verdict != "not-run" for verdict in verdicts):
            self.earlier.unlink(missing_ok=True)

    def abandon(self) -> None:
        """There is nothing to write; what was there before is there again."""
        if self.begun:
            self.unfinished.unlink(missing_ok=True)
            if self.earlier.exists() and not self.path.exists():
                os.replace(self.earlier, self.path)


# Reading


def opened(path: str | os.PathLike[str]) -> BinaryIO:
    """A file for reading; a pipe into which nobody writes is an empty one, and not waited for. Raises `OSError`."""

    def opener(name: str, flags: int) -> int:
        number = os.open(name, flags | NOT_WAITING)
        if NOT_WAITING:
            os.set_blocking(number, True)
        return number

    return open(path, "rb", opener=opener)


def _is_whole(path: Path) -> bool:
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
        for one in _apart(data):
            self.add(one)

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
