"""Expected deviations, as data: TOML files, our own in ``expectations/`` and those that ``--expectations`` names.

An entry says which verdicts it is about, which verdict is expected instead of `conforms`, and why. Entries are strict:
a verdict that conforms again, or an entry that matches no verdict, fails the run. An entry for several rules or
implementations is as strict about each of them.
"""

from __future__ import annotations

import dataclasses
import itertools
import sys
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion

from queuespec.results.reading import opened
from queuespec.results.verdict import BAD, CONFORMS, JUDGED, NOT_RUN, BadFile, Verdict
from queuespec.rules import Rule, Subject
from queuespec.rules.words import START_METHODS, did_you_mean, python_name, system_name
from queuespec.text import one_line

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


DIRECTORY = Path(__file__).with_name("expectations")
LONGEST_FILE = 4_000_000
"""Bytes."""


@dataclasses.dataclass(frozen=True)
class Expectation:
    """One expected deviation: one rule and one implementation of an entry. An empty condition is met everywhere."""

    rule: str
    implementation: str
    expect: str
    """One of `BAD`."""
    reason: str
    link: str = ""
    unstable: bool = False
    """Whether it may also conform."""
    version: str = ""
    """Versions of the implementation, such as ``>=4,<5``."""
    python: str = ""
    python_implementation: str = ""
    """`sys.implementation.name`."""
    system: tuple[str, ...] = ()
    start_method: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    where: str = ""
    """The file, and the number of the entry in it."""

    def concerns(self, subject: Subject) -> bool:
        """Whether the subject meets the conditions on implementation, Python and system."""
        return (
            self.implementation == subject.implementation
            and self.python_implementation in ("", subject.python_implementation)
            and (not self.system or system_name(subject.system) in self.system)
            and is_within(self.version, subject.implementation_version)
            and is_within(self.python, subject.python_version)
        )

    def matches(self, rule: str, kind: str, start_method: str, parameters: str) -> bool:
        """Whether it is about the verdict with this key."""
        return (
            self.rule == rule
            and (not self.kind or kind in self.kind)
            and (not self.start_method or start_method in self.start_method)
            and (not self.parameters or parameters in self.parameters)
        )

    @property
    def sentence(self) -> str:
        """All of it, for people: what deviates, where, how and why."""
        about = [f"{self.implementation} {self.version}".rstrip()]
        if self.python or self.python_implementation:
            about.append(f"{python_name(self.python_implementation) or 'Python'} {self.python}".rstrip())
        about += [", ".join(words) for words in (self.system, self.start_method, self.kind) if words]
        how = f"{self.expect}{', but not always' if self.unstable else ''}"
        found = f"{', '.join(about)}: {how}: {one_line(self.reason)}"
        return f"{found} ({one_line(self.link)})" if self.link else found

    @property
    def for_verdict(self) -> dict[str, Any]:
        """The field `declared` of a verdict that it matches."""
        return {
            "expected": self.expect,
            "reason": one_line(self.reason),
            "link": one_line(self.link),
            "unstable": self.unstable,
        }

    def surprise(self, verdict: str) -> str:
        """One sentence about a verdict that is not the expected one; an empty string for the expected one."""
        if verdict not in JUDGED or verdict == self.expect or (self.unstable and verdict == CONFORMS):
            return ""
        expected = f"it {verdict}, but {self.where} says that it {self.expect} ({one_line(self.reason)})"
        return f"{expected}; remove the rule there or narrow the conditions" if verdict == CONFORMS else expected


def is_within(specifier: str, version: str) -> bool:
    """Whether a version meets a specifier such as ``>=3.13,<3.15``; an invalid version meets only an empty one."""
    try:
        return not specifier or SpecifierSet(specifier).contains(version, prereleases=True)
    except InvalidVersion:
        return False


_NAMES = {field.name.replace("_", "-"): field for field in dataclasses.fields(Expectation) if field.name != "where"}
_MANY = ("rule", "implementation")
"""Names of lists that an entry has an expected deviation for each word of."""
_LISTS = (*_MANY, "system", "start-method", "kind", "parameters")
_REQUIRED = ("rule", "implementation", "expect", "reason")


def known() -> list[Expectation]:
    """The deviations that the package itself expects."""
    return [entry for path in sorted(DIRECTORY.glob("*.toml")) for entry in read(path)]


def read(path: Path) -> list[Expectation]:
    """The expected deviations in a file. Raises `BadFile` with one sentence that says what is wrong and where."""
    name = one_line(str(path))
    try:
        with opened(path) as file:
            content = file.read(LONGEST_FILE + 1)
        if len(content) > LONGEST_FILE:
            raise BadFile(f"{name} is longer than {LONGEST_FILE:,} bytes")
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise BadFile(f"{name} is in UTF-16; save it as UTF-8")
        data = tomllib.loads(content.decode("utf-8-sig"))
    except OSError as error:
        raise BadFile(f"cannot read {name}: {error.strerror or type(error).__name__}") from None
    except (ValueError, RecursionError) as error:
        raise BadFile(f"{name} is not valid TOML: {one_line(str(error))}") from None
    tables = data.pop("deviation", [])
    if data:
        raise BadFile(f"{name}: {one_line(min(data), 60)!r} is unknown; a file has only [[deviation]] entries")
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise BadFile(f"{name}: each entry should begin with [[deviation]]")
    return [one for number, table in enumerate(tables, 1) for one in _entry(table, f"{name}, entry {number}")]


def _entry(table: dict[str, Any], where: str) -> list[Expectation]:
    """An expected deviation for each rule and implementation of an entry."""
    about = f"{where} ({one_line(str(table.get('rule')), 80)})" if "rule" in table else where
    values: dict[str, Any] = {}
    for name, value in table.items():
        if name not in _NAMES:
            hint = did_you_mean(name, _NAMES) or f"; known: {', '.join(_NAMES)}"
            raise BadFile(f"{about}: {one_line(name, 60)!r} is unknown{hint}")
        if name == "unstable":
            fits, wanted = isinstance(value, bool), "true or false"
        elif name in _LISTS:
            value = [value] if isinstance(value, str) else value
            fits = isinstance(value, list) and bool(value) and all(isinstance(one, str) and one for one in value)
            wanted = "a string or a list of strings"
        else:
            fits, wanted = isinstance(value, str), "a string"
        if not fits:
            raise BadFile(f"{about}: {name!r} should be {wanted}")
        values[name.replace("-", "_")] = tuple(value) if name in _LISTS else value
    many = {name: values.pop(name, ("",)) for name in _MANY}
    for name in _REQUIRED:
        if not all(map(str.strip, many.get(name, (values.get(name, ""),)))):
            hint = "; say in one sentence why it deviates" if name == "reason" else ""
            raise BadFile(f"{about}: {name!r} is {'empty' if name in table else 'missing'}{hint}")
    for name, words in many.items():
        if len({*words}) < len(words):
            raise BadFile(f"{about}: {name!r} names one twice")
    if values["expect"] not in BAD:
        raise BadFile(f"{about}: 'expect' should be one of {', '.join(BAD)}")
    for name in ("version", "python"):
        try:
            SpecifierSet(values.get(name, ""))
        except InvalidSpecifier:
            wrong = one_line(values[name], 60)
            raise BadFile(f"{about}: {name!r} should be a specifier such as '>=3.13,<3.15', but is {wrong!r}") from None
    return [
        Expectation(rule, implementation, **values, where=where)
        for rule, implementation in itertools.product(many["rule"], many["implementation"])
    ]


def idle(
    entries: Iterable[Expectation],
    verdicts: Collection[Verdict],
    rules: Collection[Rule],
    start_methods: Collection[str],
    narrowed: bool = False,
) -> list[str]:
    """One sentence for each rule of an entry that matches no verdict, although it was judged or does not exist.

    Args:
        entries: the expected deviations that concern what was judged.
        verdicts: all verdicts of the run.
        rules: the rules that have a test.
        start_methods: all start methods of the platform.
        narrowed: whether only some start methods were judged, so that a rule may apply under the others.
    """
    kinds = {rule.slug: rule.kinds for rule in rules}
    proved_by = {slug: rule.slug for rule in rules for slug in rule.proves}
    hazards = {rule.slug for rule in rules if rule.level == "hazard"}
    found = []
    for entry in entries:
        if entry.rule in hazards:
            found.append(f"{entry.where}: {entry.rule} is a hazard, which never fails a run; remove it")
            continue
        matched = {verdict.verdict for verdict in verdicts if entry.matches(*verdict.key)}
        if matched & {*JUDGED, NOT_RUN} or (matched and narrowed):
            continue
        about = f"{entry.where}: {one_line(entry.rule, 80)}"
        anywhere = dataclasses.replace(entry, parameters=())
        if entry.rule in proved_by:
            other = proved_by[entry.rule]
            found.append(f"{about} is covered by the test for {other}; declare it under {other}")
        elif entry.rule not in kinds:
            found.append(f"{about} is not a rule with a test{did_you_mean(entry.rule, kinds)}")
        elif matched:
            found.append(f"{about} matches no judged verdict: it is {' and '.join(sorted(matched))} here")
        elif (
            (entry.kind and not set(entry.kind) & set(kinds[entry.rule]))
            or (entry.start_method and not set(entry.start_method) & {*START_METHODS, *start_methods})
            or any(anywhere.matches(*verdict.key) for verdict in verdicts)
        ):
            found.append(f"{about} matches no judged verdict; remove it or correct the conditions")
    return found
