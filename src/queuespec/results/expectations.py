"""Known deviations, declared as data: files of TOML in ``deviations/`` and those that ``--deviations`` names.

An entry says for which verdicts it holds, what is expected instead of `conforms`, and why. It is strict: a verdict that
conforms again, and an entry that matches nothing that was judged, fail the run.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion

from queuespec.results.reading import opened
from queuespec.results.verdict import BAD, JUDGED, BadFile
from queuespec.rules.words import START_METHODS, python_name, system_name
from queuespec.text import one_line

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from queuespec.results.verdict import Header, Verdict

FOLDER = Path(__file__).with_name("expectations")
LONGEST_FILE = 4_000_000


@dataclasses.dataclass(frozen=True)
class Entry:
    """One declared deviation. A condition that is empty holds everywhere."""

    rule: str
    implementation: str
    expect: str
    reason: str
    link: str = ""
    unstable: bool = False
    version: str = ""
    python: str = ""
    python_implementation: str = ""
    system: tuple[str, ...] = ()
    start_method: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    parameters: str = ""
    where: str = ""
    """The file, and which entry of it."""

    def concerns(self, header: Header) -> bool:
        """Whether the conditions on implementation, Python and system hold for what is judged."""
        return (
            self.implementation == header.implementation
            and self.python_implementation in ("", header.python_implementation)
            and (not self.system or system_name(header.system) in self.system)
            and _within(self.version, header.implementation_version)
            and _within(self.python, header.python_version)
        )

    def matches(self, rule: str, kind: str, start_method: str, parameters: str) -> bool:
        return (
            self.rule == rule
            and (not self.kind or kind in self.kind)
            and (not self.start_method or start_method in self.start_method)
            and self.parameters in ("", parameters)
        )

    @property
    def as_data(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Entry:
        lists: dict[str, Any] = {name: tuple(value) for name, value in data.items() if isinstance(value, list)}
        return cls(**{**data, **lists})

    @property
    def sentence(self) -> str:
        """All of it, for people: who deviates, where, how, why."""
        about = [f"{self.implementation} {self.version}".rstrip()]
        python = python_name(self.python_implementation) or "Python"
        if self.python or self.python_implementation:
            about.append(f"{python} {self.python}".rstrip())
        about += [", ".join(words) for words in (self.system, self.start_method, self.kind) if words]
        how = f"{self.expect}{', but not always' if self.unstable else ''}"
        found = f"{', '.join(about)}: {how}: {one_line(self.reason)}"
        return f"{found} ({one_line(self.link)})" if self.link else found

    @property
    def declaration(self) -> dict[str, Any]:
        """What a verdict's line says of it."""
        return {
            "expected": self.expect,
            "reason": one_line(self.reason),
            "link": one_line(self.link),
            "unstable": self.unstable,
        }


def _within(specifier: str, version: str) -> bool:
    if not specifier:
        return True
    try:
        return SpecifierSet(specifier).contains(version, prereleases=True)
    except InvalidVersion:
        return False


# Reading

_NAMES = {field.name.replace("_", "-"): field for field in dataclasses.fields(Entry) if field.name != "where"}
_LISTS = ("system", "start-method", "kind")
_NEEDED = ("rule", "implementation", "expect", "reason")


def known() -> list[Entry]:
    """What the package itself declares."""
    return [entry for path in sorted(FOLDER.glob("*.toml")) for entry in read(path)]


def read(path: Path) -> list[Entry]:
    """The entries of a file, in UTF-8. Raises `BadFile` with one sentence that says what is wrong where."""
    name = one_line(str(path))
    try:
        with opened(path) as file:
            content = file.read(LONGEST_FILE + 1)
        if len(content) > LONGEST_FILE:
            raise BadFile(f"{name} is longer than {LONGEST_FILE} bytes")
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise BadFile(f"{name} is in UTF-16; save it in UTF-8")
        data = tomllib.loads(content.decode("utf-8-sig"))
    except OSError as error:
        raise BadFile(f"{name} cannot be read: {error.strerror or type(error).__name__}") from None
    except (ValueError, RecursionError) as error:
        raise BadFile(f"{name} is no TOML: {one_line(str(error))}") from None
    tables = data.pop("deviation", [])
    if data:
        raise BadFile(f"{name}: {one_line(min(data), 60)!r} is unknown; a file holds [[deviation]] entries and no more")
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise BadFile(f"{name}: entries are written [[deviation]]")
    return [_entry(table, f"{name}, entry {number}") for number, table in enumerate(tables, 1)]


def _entry(table: dict[str, Any], where: str) -> Entry:
    about = f"{where} ({one_line(str(table.get('rule')), 80)})" if "rule" in table else where
    values: dict[str, Any] = {}
    for name, value in table.items():
        if name not in _NAMES:
            raise BadFile(f"{about}: {one_line(name, 60)!r} is unknown; there are {', '.join(_NAMES)}")
        if name == "unstable":
            fits = isinstance(value, bool)
        elif name in _LISTS:
            value = [value] if isinstance(value, str) else value
            fits = isinstance(value, list) and bool(value) and all(isinstance(one, str) and one for one in value)
        else:
            fits = isinstance(value, str)
        if not fits:
            wanted = "true or false" if name == "unstable" else "a list of texts" if name in _LISTS else "a text"
            raise BadFile(f"{about}: {name!r} should be {wanted}")
        values[name.replace("-", "_")] = tuple(value) if name in _LISTS else value
    for name in _NEEDED:
        if not values.get(name, "").strip():
            words = "say in one sentence why it deviates" if name == "reason" else "it is needed"
            raise BadFile(f"{about}: {name!r} is {'empty' if name in values else 'missing'}; {words}")
    if values["expect"] not in BAD:
        raise BadFile(f"{about}: 'expect' should be one of {', '.join(BAD)}")
    for name in ("version", "python"):
        try:
            SpecifierSet(values.get(name, ""))
        except InvalidSpecifier:
            wrong = one_line(values[name], 60)
            raise BadFile(f"{about}: {name!r} should be like '>=3.13,<3.15', and is {wrong!r}") from None
    return Entry(**values, where=where)


# Judging by them


class Declarations:
    """The entries that concern what is judged: what they say of a verdict, and which of them said nothing."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = list(entries)
        self._by_rule: dict[str, list[Entry]] = {}
        for entry in self.entries:
            self._by_rule.setdefault(entry.rule, []).append(entry)

    def entry_for(self, rule: str, kind: str, start_method: str, parameters: str) -> Entry | None:
        """The first entry that holds for this verdict."""
        found = (entry for entry in self._by_rule.get(rule, ()) if entry.matches(rule, kind, start_method, parameters))
        return next(found, None)

    def idle(
        self,
        verdicts: Collection[Verdict],
        rules: Mapping[str, tuple[str, ...]],
        start_methods: Collection[str],
        proved_by: Mapping[str, str],
        narrowed: bool = False,
    ) -> list[str]:
        """A sentence for each entry that matches nothing that was judged, though its rule was asked for or does not
        exist. `rules` are all that have a test, with their kinds; `start_methods` all that the platform has;
        `proved_by` says which rule's test proves a further behaviour; `narrowed`, whether only some of the start
        methods were asked for, so that a rule may apply under the others."""
        found = []
        for entry in self.entries:
            matched = {verdict.verdict for verdict in verdicts if entry.matches(*verdict.key)}
            if matched & {*JUDGED, "not-run"} or (matched and narrowed):
                continue
            about = f"{entry.where}: the deviation declared for {one_line(entry.rule, 80)}"
            anywhere = dataclasses.replace(entry, parameters="")
            if entry.rule in proved_by:
                found.append(f"{about} names what is judged together with {proved_by[entry.rule]}; name that")
            elif entry.rule not in rules:
                found.append(f"{about} names no rule that is judged")
            elif matched:
                found.append(f"{about} matches nothing that was judged: it is {' and '.join(sorted(matched))} here")
            elif (
                (entry.kind and not set(entry.kind) & set(rules[entry.rule]))
                or (entry.start_method and not set(entry.start_method) & {*START_METHODS, *start_methods})
                or any(anywhere.matches(*verdict.key) for verdict in verdicts)
            ):
                found.append(f"{about} matches nothing that was judged; remove it, or correct its conditions")
        return found


def surprise(entry: Entry, verdict: str) -> str:
    """Why a verdict is not what was declared, as one sentence; the empty text if it is."""
    if verdict not in JUDGED or verdict == entry.expect or (entry.unstable and verdict == "conforms"):
        return ""
    if verdict == "conforms":
        return (
            f"it conforms, and {entry.where} declares that it {entry.expect} "
            f"({one_line(entry.reason)}); remove the entry, or narrow its conditions"
        )
    return f"it {verdict}, and {entry.where} declares that it {entry.expect} ({one_line(entry.reason)})"


# Writing


def drafts(header: Header, verdicts: Iterable[Verdict]) -> str:
    """Entries for everything in a run that deviates and was not declared, for a person to give the reasons."""
    found: dict[tuple[str, str, str], set[tuple[str, str]]] = {}
    sentences: dict[tuple[str, str, str], str] = {}
    parameters: dict[str, set[str]] = {}
    for verdict in verdicts:
        parameters.setdefault(verdict.rule, set()).add(verdict.parameters)
        if verdict.verdict in BAD and verdict.gates and verdict.declared is None:
            key = (verdict.rule, verdict.verdict, verdict.parameters)
            found.setdefault(key, set()).add((verdict.start_method, verdict.kind))
            sentences.setdefault(key, verdict.explanation)
    parts = []
    for rule, verdict_of_all in dict.fromkeys(key[:2] for key in found):
        keys = [(rule, verdict_of_all, one) for one in sorted(parameters[rule])]
        if len(keys) > 1 and all(found.get(key) == found.get(keys[0]) for key in keys):
            sentence, places = sentences[keys[0]], found[keys[0]]
            for key in keys:
                del found[key]
            found[rule, verdict_of_all, ""], sentences[rule, verdict_of_all, ""] = places, sentence
    for key, places in found.items():
        for start_methods, kinds in _rectangles(places):
            parts.append(_draft(header, key, sentences[key], start_methods, kinds))
    return "\n".join(parts)


def _rectangles(places: set[tuple[str, str]]) -> list[tuple[list[str], list[str]]]:
    """The same places as pairs of start methods and kinds, every combination of which is meant."""
    kinds_of: dict[str, list[str]] = {}
    for start_method, kind in sorted(places):
        kinds_of.setdefault(start_method, []).append(kind)
    found: dict[tuple[str, ...], list[str]] = {}
    for start_method, kinds in kinds_of.items():
        found.setdefault(tuple(kinds), []).append(start_method)
    return [(start_methods, list(kinds)) for kinds, start_methods in found.items()]


def _draft(header: Header, key: tuple[str, str, str], sentence: str, start_methods: list[str], kinds: list[str]) -> str:
    rule, verdict, parameters = key
    rows = ["[[deviation]]", f"# {one_line(sentence, 1100)}", f"rule = {_text(rule)}"]
    rows.append(f"implementation = {_text(header.implementation)}")
    for name, version in (("version", header.implementation_version), ("python", header.python_version)):
        if _within(">=0", version):
            rows.append(f"{name} = {_text('==' + version)}")
    rows.append(f"python-implementation = {_text(header.python_implementation)}")
    rows.append(f"system = [{_text(system_name(header.system))}]")
    for name, values in (("start-method", start_methods), ("kind", kinds)):
        if any(values):
            rows.append(f"{name} = [{', '.join(_text(value) for value in values if value)}]")
    if parameters:
        rows.append(f"parameters = {_text(parameters)}")
    rows += [f"expect = {_text(verdict)}", 'reason = ""', 'link = ""', ""]
    return "\n".join(rows)


def _text(value: str) -> str:
    """A basic string of TOML."""
    return json.dumps(one_line(value), ensure_ascii=False)
