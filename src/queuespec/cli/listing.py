"""The rules on the command line: ``queuespec list`` shows which there are, ``queuespec explain`` all about one."""

from __future__ import annotations

import difflib
import json
import re
import sys
from argparse import ArgumentTypeError
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.text import Text

from queuespec.cli.arguments import USAGE_ERROR, Arguments
from queuespec.queues.declare import faults
from queuespec.report.console import console_for, hand_over, hanging, say_error, show
from queuespec.report.document import conditions, rules_of
from queuespec.results import BadFile, expectations
from queuespec.rules import KINDS, LEVELS, SYSTEMS, Rule, chapters, dotted, specification_folder
from queuespec.text import one_line

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from rich.console import Console

    from queuespec.results.expectations import Entry


def list_rules(words: list[str]) -> int:
    """``queuespec list``: the rules that fit all the filters, each of which may be given several times."""
    found = chapters()
    arguments = Arguments("list", "Shows the rules of the specification, or those of them that are asked for.")
    filters: dict[str, tuple[str, Iterable[str], str]] = {
        "--chapter": ("NAME", [chapter.name for chapter in found], "of this chapter"),
        "--kind": ("KIND", KINDS, "for this kind of queue"),
        "--level": ("LEVEL", LEVELS, "of this level"),
        "--platform": ("NAME", (*SYSTEMS.values(), "POSIX"), "that apply on this system; --system is the same"),
    }
    for name, (metavar, choices, text) in filters.items():
        names = [name, *(["--system"] if name == "--platform" else [])]
        arguments.add_argument(*names, metavar=metavar, choices=choices, help=text, action="append", default=[])
    arguments.add_argument("--since", metavar="VERSION", type=_version, help="that came with this Python, or later")
    arguments.add_argument("--format", choices=("text", "json"), default="text", help="for people, or for programs")
    given = arguments.parse_args(words)
    rules = [rule for rule in rules_of(found) if fits(rule, given)]
    if given.format == "json":
        hand_over(json.dumps([as_data(rule) for rule in rules], indent=2))
        return 0
    if not rules:
        say_error("queuespec list: there is no such rule")
        return 0
    console = console_for(sys.stdout)
    width = max(len(rule.slug) for rule in rules)
    for chapter in found:
        own = [rule for rule in chapter.rules if rule in rules]
        if own:
            show(console, Text(f"{chapter.title} ({chapter.name})", style="bold"))
        show(console, *(hanging(console, f"  {rule.slug:{width}}  {rule.level:8}  ", rule.sentence) for rule in own))
    return 0


def _version(text: str) -> tuple[int, ...]:
    if not re.fullmatch(r"\d+(\.\d+)*", text):
        raise ArgumentTypeError(f"{text!r} is no version such as 3.13")
    return tuple(map(int, text.split(".")))


def fits(rule: Rule, wanted: argparse.Namespace) -> bool:
    """Whether a rule is one of those that were asked for."""
    systems = [*wanted.platform, *(["POSIX"] if {"Linux", "macOS"} & set(wanted.platform) else [])]
    if "POSIX" in wanted.platform:
        systems += ["Linux", "macOS"]
    return (
        (not wanted.chapter or rule.chapter in wanted.chapter)
        and (not wanted.kind or bool(set(rule.kinds) & set(wanted.kind)))
        and (not wanted.level or rule.level in wanted.level)
        and (not wanted.platform or not rule.systems or bool(set(rule.systems) & set(systems)))
        and (wanted.since is None or rule.since >= wanted.since)
    )


def as_data(rule: Rule) -> dict[str, Any]:
    """A rule for programs."""
    return {
        "slug": rule.slug,
        "level": rule.level,
        "chapter": rule.chapter,
        "sentence": rule.sentence,
        "why": rule.why,
        "kinds": list(rule.kinds),
        "since": dotted(rule.since),
        "until": dotted(rule.until),
        "systems": list(rule.systems),
        "start_methods": list(rule.start_methods),
        "needs": list(rule.needs),
        "elsewhere": rule.when[0] if rule.when is not None else "",
        "sources": [{"document": source.document, "part": source.part, "url": source.url} for source in rule.source],
        "proves": list(rule.proves),
        "reason": rule.reason,
        "test": rule.test,
        "file": Path(rule.file).name,
        "line": rule.line,
    }


def faults_that_break(slugs: Iterable[str]) -> dict[str, str]:
    """Fault name to its sentence: those that are known to turn one of these rules red."""
    wanted = set(slugs)
    return {name: fault.sentence for name, fault in faults().items() if wanted & set(fault.breaks)}


def explain(words: list[str]) -> int:
    """``queuespec explain``: all about one rule."""
    arguments = Arguments("explain", "Says all there is to say about one rule.")
    arguments.add_argument("slug", help="the rule's name, such as get.blocks-when-empty")
    arguments.add_argument(
        "--deviations", metavar="FILE", action="append", default=[], help="show those that this TOML file declares, too"
    )
    arguments.add_argument("--format", choices=("text", "json"), default="text", help="for people, or for programs")
    given = arguments.parse_args(words)
    rules = {rule.slug: rule for rule in rules_of(chapters())}
    named = {**{slug: rule for rule in rules.values() for slug in rule.proves}, **rules}
    rule = named.get(given.slug)
    if rule is None:
        say_error(f"queuespec explain: {unknown(given.slug, named)}")
        return USAGE_ERROR
    breaking = faults_that_break((rule.slug,))
    try:
        entries = expectations.known() + [entry for name in given.deviations for entry in expectations.read(Path(name))]
    except BadFile as error:
        arguments.error(f"--deviations: {error}")
    deviating = [entry for entry in entries if entry.rule == rule.slug]
    if given.format == "json":
        known = [entry.as_data for entry in deviating]
        hand_over(json.dumps({**as_data(rule), "faults": breaking, "deviations": known}, indent=2))
    else:
        console = console_for(sys.stdout)
        show(console, *explanation(console, rule, given.slug, breaking, deviating))
    return 0


def unknown(name: str, known: Iterable[str], what: str = "rule") -> str:
    """One sentence that helps whoever mistyped the name of a rule, or of something else."""
    near = difflib.get_close_matches(name[:200].lower(), known, n=3, cutoff=0.5)
    hint = (
        f"did you mean {' or '.join(near)}?"
        if near
        else f"queuespec {'list' if what == 'rule' else 'faults'} shows all"
    )
    return f"there is no {what} '{one_line(name, 100)}'; {hint}"


def explanation(
    console: Console, rule: Rule, asked: str, breaking: Mapping[str, str], deviating: Iterable[Entry]
) -> Iterator[Text]:
    """All about a rule, for people; `asked` may be a behaviour that its test proves on the way."""
    if asked != rule.slug:
        yield Text(f"{asked} has no test of its own; the test of {rule.slug} proves it as well.")
    yield Text(f"{rule.slug} ({rule.level})", style="bold")
    yield hanging(console, "  ", rule.sentence)
    yield from (hanging(console, "  ", line) for line in (rule.why or rule.reason).splitlines())
    yield Text()
    for name, values in _facts(rule, breaking, deviating):
        for position, value in enumerate(values):
            yield hanging(console, f"  {name if not position else '':9} ", value)


def _facts(rule: Rule, breaking: Mapping[str, str], deviating: Iterable[Entry]) -> Iterator[tuple[str, Sequence[str]]]:
    yield "chapter", [rule.chapter.replace("_", " ")]
    if rule.kinds:
        yield "kinds", [", ".join(rule.kinds)]
    yield "applies", conditions(rule) or ["always and everywhere"]
    yield "source", [f"{source}: {source.url}" if source.url else str(source) for source in rule.source]
    if rule.proves:
        yield "proves", [f"as well {', '.join(rule.proves)}"]
    if rule.test:
        yield "test", [f"{_short(specification_folder() / Path(rule.file).name)}:{rule.line}, {rule.test}"]
        faults_known = [f"{name}: {sentence}" for name, sentence in breaking.items()]
        yield "faults", faults_known or ["no fault is known to break it"]
        yield "deviates", [entry.sentence for entry in deviating] or ["no implementation is known to deviate"]


def _short(path: Path) -> str:
    """Relative to the working directory where it is below it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
