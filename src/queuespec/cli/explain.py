"""Shows everything about a rule: what it says and why, where it applies, its source, its test, the faults that break
it, and the implementations that are expected to deviate.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from queuespec.cli.common import add_rules, rule_named
from queuespec.cli.list import as_data
from queuespec.cli.parser import Arguments, Parser, Status, add_format
from queuespec.queues.declare import faults
from queuespec.report.console import console_for, hanging, say, show
from queuespec.report.document import conditions
from queuespec.results import expectations
from queuespec.rules import Rule


def add_arguments(parser: Parser) -> None:
    """Adds the arguments."""
    parser.add_argument("slug", help="the rule's name, such as get.blocks-when-empty")
    parser.add_repeatable(
        "--expectations", metavar="FILE", help="also show the deviations in this TOML file; repeatable"
    )
    add_rules(parser.add_argument)
    add_format(parser)


def run(given: Arguments) -> Status:
    """Prints the explanation. Raises `BadFile`, `Refused`."""
    rule = rule_named(given.slug, given.rules)
    breaking = {name: fault.sentence for name, fault in faults().items() if rule.slug in fault.breaks}
    entries = expectations.known() + [one for name in given.expectations for one in expectations.read(Path(name))]
    deviating = [entry for entry in entries if entry.rule == rule.slug]
    if given.format == "json":
        say(json.dumps({**as_data(rule), "faults": breaking, "expectations": [*map(vars, deviating)]}, indent=2))
        return Status.OK
    from rich.text import Text

    console = console_for(sys.stdout)
    if given.slug != rule.slug:
        show(console, Text(f"{given.slug} has no test of its own; the test of {rule.slug} proves it."))
    show(console, Text(f"{rule.slug} ({rule.level})", style="bold"))
    show(console, *(hanging(console, "  ", line) for line in (rule.sentence, *(rule.why or rule.reason).splitlines())))
    show(console, Text())
    for name, values in _facts(rule, breaking, deviating).items():
        heads = [name, *[""] * len(values)]
        show(console, *(hanging(console, f"  {head:9} ", value) for head, value in zip(heads, values)))
    return Status.OK


def _facts(rule: Rule, breaking: dict[str, str], deviating: list[expectations.Expectation]) -> dict[str, list[str]]:
    facts = {
        "chapter": [rule.chapter.replace("_", " ")],
        "kinds": [", ".join(rule.kinds)] if rule.kinds else [],
        "applies": conditions(rule) or ["always and everywhere"],
        "source": [source.described for source in rule.source],
        "proves": [f"also {', '.join(rule.proves)}"] if rule.proves else [],
    }
    if rule.test:
        path, here = Path(rule.file), Path.cwd()
        facts["test"] = [f"{path.relative_to(here) if here in path.parents else path}:{rule.line}, {rule.test}"]
        facts["faults"] = [f"{name}: {text}" for name, text in breaking.items()] or ["no known fault breaks it"]
        facts["deviates"] = [one.sentence for one in deviating] or ["no implementation is expected to deviate"]
    return facts
