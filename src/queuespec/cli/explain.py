"""``queuespec explain``: everything about one rule."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from queuespec.cli.list import as_data
from queuespec.cli.listing import faults_that_break, unknown
from queuespec.cli.parser import COMMANDS, Status, add_format
from queuespec.report.console import console_for, hanging, say, say_error, show
from queuespec.report.document import conditions, rules_of
from queuespec.results import expectations
from queuespec.rules import chapters, specification_folder

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from rich.console import Console
    from rich.text import Text

    from queuespec.cli.parser import Commands
    from queuespec.results.expectations import Expectation
    from queuespec.rules import Rule


def add_parser(commands: Commands) -> None:
    """Adds the command."""
    parser = commands.add_parser(
        "explain",
        help=COMMANDS["explain"],
        description="Shows everything about a rule: what it says and why, where it applies, its source, its test, "
        "the faults that break it, and the implementations that are expected to deviate.",
    )
    parser.add_argument("slug", help="the rule's name, such as get.blocks-when-empty")
    parser.add_argument(
        "--expectations",
        metavar="FILE",
        action="append",
        default=[],
        help="also show the deviations in this TOML file; repeatable",
    )
    add_format(parser)
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> Status:
    """Prints the explanation. Raises `BadFile`."""
    rules = {rule.slug: rule for rule in rules_of(chapters())}
    named = {**{slug: rule for rule in rules.values() for slug in rule.proves}, **rules}
    rule = named.get(given.slug)
    if rule is None:
        say_error(f"queuespec explain: {unknown(given.slug, named)}")
        return Status.UNUSABLE
    breaking = faults_that_break((rule.slug,))
    entries = expectations.known() + [one for name in given.expectations for one in expectations.read(Path(name))]
    deviating = [entry for entry in entries if entry.rule == rule.slug]
    if given.format == "json":
        known = [entry.as_data for entry in deviating]
        say(json.dumps({**as_data(rule), "faults": breaking, "expectations": known}, indent=2))
    else:
        console = console_for(sys.stdout)
        show(console, *explanation(console, rule, given.slug, breaking, deviating))
    return Status.OK


def explanation(
    console: Console, rule: Rule, asked: str, breaking: Mapping[str, str], deviating: Iterable[Expectation]
) -> Iterator[Text]:
    """The lines for people; `asked` may be another behavior that the rule's test proves."""
    from rich.text import Text

    if asked != rule.slug:
        yield Text(f"{asked} has no test of its own; the test of {rule.slug} proves it.")
    yield Text(f"{rule.slug} ({rule.level})", style="bold")
    yield hanging(console, "  ", rule.sentence)
    yield from (hanging(console, "  ", line) for line in (rule.why or rule.reason).splitlines())
    yield Text()
    for name, values in _facts(rule, breaking, deviating):
        for position, value in enumerate(values):
            yield hanging(console, f"  {name if not position else '':9} ", value)


def _facts(
    rule: Rule, breaking: Mapping[str, str], deviating: Iterable[Expectation]
) -> Iterator[tuple[str, Sequence[str]]]:
    yield "chapter", [rule.chapter.replace("_", " ")]
    if rule.kinds:
        yield "kinds", [", ".join(rule.kinds)]
    yield "applies", conditions(rule) or ["always and everywhere"]
    yield "source", [f"{source}: {source.url}" if source.url else str(source) for source in rule.source]
    if rule.proves:
        yield "proves", [f"also {', '.join(rule.proves)}"]
    if rule.test:
        yield "test", [f"{_short(specification_folder() / Path(rule.file).name)}:{rule.line}, {rule.test}"]
        yield "faults", [f"{name}: {text}" for name, text in breaking.items()] or ["no known fault breaks it"]
        yield "deviates", [entry.sentence for entry in deviating] or ["no implementation is expected to deviate"]


def _short(path: Path) -> str:
    """The path relative to the working directory, if it is inside it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
