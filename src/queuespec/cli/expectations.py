"""Prints draft entries for --expectations, by root cause: a run with them has no unexpected deviation. Each reason says
what happens; replace it by why."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from packaging.version import InvalidVersion, Version

from queuespec import results
from queuespec.cli.parser import Arguments, Parser, Status
from queuespec.report.console import say, say_error
from queuespec.results.causes import Cause, causes
from queuespec.rules.words import START_METHODS, system_name
from queuespec.text import one_line, shortened

Words = tuple[str, ...]
Conditions = tuple[Words, Words, Words]
"""Start methods, kinds, and parameters; empty for all of them."""
LONGEST_REASON = 300
LONGEST_ROW = 100
"""Maximum length of a list that stands on one line."""


def add_arguments(parser: Parser) -> None:
    """Adds the arguments."""
    parser.add_argument("results", metavar="RESULTS", help="results file of the run")


def run(given: Arguments) -> Status:
    """Prints the entries. Raises `BadFile`."""
    found = results.read(given.results)
    text = drafts(found.header, found.verdicts)
    if text:
        say(f"# What {one_line(found.header.subject.described)} did. Replace what happens by why in each reason.")
        say("# To an entry for what does not always happen add: unstable = true\n")
        say(text)
    else:
        say_error(f"{found.name}: no unexpected deviations")
    return Status.OK


def drafts(header: results.Header, verdicts: Sequence[results.Verdict]) -> str:
    """Entries, in TOML, for every gating verdict that deviates and is not expected; an empty string if there is none.

    The rules of a cause share an entry if they deviate in the same places.
    """
    bad = [one for one in verdicts if one.verdict in results.BAD and one.gates and one.declared is None]
    judged: dict[str, list[results.Verdict]] = {}
    for verdict in verdicts:
        if verdict.verdict in results.JUDGED:
            judged.setdefault(verdict.rule, []).append(verdict)
    entries = []
    for cause in sorted(causes(bad), key=lambda cause: min(cause.rules)):
        rules_of: dict[Conditions, list[str]] = {}
        for rule in sorted(cause.rules):
            own = [verdict for verdict in cause.verdicts if verdict.rule == rule]
            for conditions in _conditions(header, own, judged[rule]):
                rules_of.setdefault(conditions, []).append(rule)
        entries += [_draft(header, cause, rules, conditions) for conditions, rules in rules_of.items()]
    return "\n".join(entries)


def _conditions(
    header: results.Header, bad: list[results.Verdict], judged: list[results.Verdict]
) -> Iterator[Conditions]:
    """Where a rule deviates, in as few entries as possible: without the conditions that hold wherever it was judged,
    unless the run was narrowed to a part of the kinds or the start methods."""
    narrowed = bool(header.options.get("keyword"))
    methods = {verdict.start_method for verdict in judged}
    several = len(header.start_methods) > 1 or not methods & {*START_METHODS}
    found: dict[tuple[Words, Words], list[str]] = {}
    for parameters in sorted({verdict.parameters for verdict in bad}):
        methods_of: dict[Words, list[str]] = {}
        for method in sorted(methods):
            own, every = (_kinds(part, method, parameters) for part in (bad, judged))
            if own:
                methods_of.setdefault(() if own == every and not narrowed else own, []).append(method)
        for kinds, those in methods_of.items():
            where = () if {*those} == methods and several else tuple(those)
            found.setdefault((where, kinds), []).append(parameters)
    for (where, kinds), values in found.items():
        everything = {*values} == {verdict.parameters for verdict in judged}
        yield where, kinds, () if everything else tuple(values)


def _kinds(verdicts: list[results.Verdict], method: str, parameters: str) -> Words:
    """The kinds that the verdicts for these parameters under a start method are about."""
    return tuple(sorted({one.kind for one in verdicts if (one.start_method, one.parameters) == (method, parameters)}))


def _draft(header: results.Header, cause: Cause, rules: list[str], conditions: Conditions) -> str:
    methods, kinds, parameters = conditions
    subject = header.subject
    rows = ["[[deviation]]", f"rule = {_toml(rules[0]) if len(rules) == 1 else _list(rules)}"]
    rows.append(f"implementation = {_toml(subject.implementation)}")
    version = _public(subject.implementation_version)
    if version:
        rows.append(f"version = {_toml('>=' + version)}")
    elif _public(subject.python_version):  # a part of Python, or what does not say its version
        rows.append(f"python = {_toml('>=' + _public(subject.python_version))}")
        rows.append(f"python-implementation = {_toml(subject.python_implementation)}")
    rows.append(f"system = {_list([system_name(subject.system)])}")
    places = {"start-method": methods, "kind": kinds, "parameters": parameters}
    rows += [f"{name} = {_list(values)}" for name, values in places.items() if any(values)]
    reason = shortened(cause.explanation, LONGEST_REASON)
    rows += [f"expect = {_toml(cause.verdict)}", f"reason = {_toml(reason)}", 'link = ""', ""]
    return "\n".join(rows)


def _public(version: str) -> str:
    """A version without the local part, which no condition may have; empty for what is no version."""
    try:
        return Version(version).public
    except InvalidVersion:
        return ""


def _list(values: Sequence[str]) -> str:
    shown = [*map(_toml, values)]
    row = f"[{', '.join(shown)}]"
    return row if len(row) <= LONGEST_ROW else "".join(["[\n", *(f"    {one},\n" for one in shown), "]"])


def _toml(value: str) -> str:
    """A basic string of TOML: an escaped line of JSON is one."""
    return json.dumps(one_line(value), ensure_ascii=False)
