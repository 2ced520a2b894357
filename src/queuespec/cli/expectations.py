"""Prints draft entries for --expectations: one for each unexpected deviation of a run. Fill in the reasons."""

from __future__ import annotations

import json
from collections.abc import Iterable

from queuespec import results
from queuespec.cli.parser import Arguments, Parser, Status
from queuespec.report.console import say, say_error
from queuespec.results.expectations import is_within
from queuespec.rules.words import system_name
from queuespec.text import one_line

Key = tuple[str, str, str]
"""Rule, verdict, parameters."""


def add_arguments(parser: Parser) -> None:
    """Adds the arguments."""
    parser.add_argument("results", metavar="RESULTS", help="results file of the run")


def run(given: Arguments) -> Status:
    """Prints the entries. Raises `BadFile`."""
    found = results.read(given.results)
    text = drafts(found.header, found.verdicts)
    if text:
        say(text)
    else:
        say_error(f"{found.name}: no unexpected deviations")
    return Status.OK


def drafts(header: results.Header, verdicts: Iterable[results.Verdict]) -> str:
    """Entries, in TOML, for every gating verdict that deviates and is not expected; an empty string if there is none.

    Equal verdicts of a rule share an entry if they are those of all parameters, several kinds or start methods.
    """
    found: dict[Key, set[tuple[str, str]]] = {}
    sentences: dict[Key, str] = {}
    parameters: dict[str, set[str]] = {}
    for verdict in verdicts:
        parameters.setdefault(verdict.rule, set()).add(verdict.parameters)
        if verdict.verdict in results.BAD and verdict.gates and verdict.declared is None:
            key = (verdict.rule, verdict.verdict, verdict.parameters)
            found.setdefault(key, set()).add((verdict.start_method, verdict.kind))
            sentences.setdefault(key, verdict.explanation)
    for rule, bad in dict.fromkeys(key[:2] for key in found):
        keys = [(rule, bad, one) for one in sorted(parameters[rule])]
        if len(keys) > 1 and all(found.get(key) == found.get(keys[0]) for key in keys):
            sentences[rule, bad, ""] = sentences[keys[0]]
            found[rule, bad, ""], *_ = [found.pop(key) for key in keys]
    return "\n".join(
        _draft(header, key, sentences[key], start_methods, kinds)
        for key, places in found.items()
        for start_methods, kinds in _rectangles(places)
    )


def _rectangles(places: set[tuple[str, str]]) -> list[tuple[list[str], list[str]]]:
    """The same places as pairs of start methods and kinds; a pair stands for each of its combinations."""
    kinds_of: dict[str, list[str]] = {}
    for start_method, kind in sorted(places):
        kinds_of.setdefault(start_method, []).append(kind)
    found: dict[tuple[str, ...], list[str]] = {}
    for start_method, kinds in kinds_of.items():
        found.setdefault(tuple(kinds), []).append(start_method)
    return [(start_methods, list(kinds)) for kinds, start_methods in found.items()]


def _draft(header: results.Header, key: Key, sentence: str, start_methods: list[str], kinds: list[str]) -> str:
    rule, verdict, parameters = key
    subject = header.subject
    rows = ["[[deviation]]", f"# {one_line(sentence, 1100)}", f"rule = {_toml(rule)}"]
    rows.append(f"implementation = {_toml(subject.implementation)}")
    for name, version in (("version", subject.implementation_version), ("python", subject.python_version)):
        if is_within(">=0", version):
            rows.append(f"{name} = {_toml('==' + version)}")
    rows.append(f"python-implementation = {_toml(subject.python_implementation)}")
    rows.append(f"system = [{_toml(system_name(subject.system))}]")
    for name, values in (("start-method", start_methods), ("kind", kinds)):
        if any(values):
            rows.append(f"{name} = [{', '.join(_toml(value) for value in values if value)}]")
    if parameters:
        rows.append(f"parameters = {_toml(parameters)}")
    rows += [f"expect = {_toml(verdict)}", 'reason = ""', 'link = ""', ""]
    return "\n".join(rows)


def _toml(value: str) -> str:
    """A basic string of TOML: an escaped line of JSON is one."""
    return json.dumps(one_line(value), ensure_ascii=False)
