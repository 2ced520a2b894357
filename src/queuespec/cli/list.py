"""Lists the rules that pass all filters. A filter that is repeated accepts each of its values. The exit status is 5 if
no rule passes.
"""

from __future__ import annotations

import argparse
import functools
import json
import re
import sys
from pathlib import Path
from typing import Any

from queuespec.cli.common import add_rules, refuse_unknown
from queuespec.cli.parser import Arguments, Parser, Status, add_format
from queuespec.judge.options import files_of, specification
from queuespec.report.console import console_for, hanging, say, say_error, show
from queuespec.report.document import rules_of
from queuespec.rules import KINDS, LEVELS, SYSTEMS, Rule, dotted


def add_arguments(parser: Parser) -> None:
    """Adds the arguments."""
    add_filter = functools.partial(parser.add_repeatable, metavar="NAME")
    add_filter("--chapter", help="in this chapter")
    add_filter("--kind", choices=KINDS, help="for this kind of queue")
    add_filter("--level", choices=LEVELS, help=f"of this level: {', '.join(LEVELS)}")
    add_filter("--system", "--platform", choices=(*SYSTEMS.values(), "POSIX"), help="that apply on this system")
    parser.add_argument("--since", metavar="VERSION", type=version, help="added in this Python or later, such as 3.13")
    add_rules(parser.add_argument)
    add_format(parser)


def version(text: str) -> tuple[int, ...]:
    """``(3, 13)`` for ``3.13``. Raises `argparse.ArgumentTypeError`."""
    if not re.fullmatch(r"\d+(\.\d+)*", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a version such as 3.13")
    return tuple(map(int, text.split(".")))


def run(given: Arguments) -> Status:
    """Prints the rules, by chapter. Raises `Refused` and `CannotJudge`."""
    found = specification(files_of(given.rules))
    refuse_unknown(given.chapter, [chapter.name for chapter in found], "chapter")
    rules = [rule for rule in rules_of(found) if fits(rule, given)]
    if given.format == "json":
        say(json.dumps([as_data(rule) for rule in rules], indent=2))
    elif not rules:
        say_error("queuespec list: no rule passes all filters")
    else:
        from rich.text import Text

        console = console_for(sys.stdout)
        width = max(len(rule.slug) for rule in rules)
        for chapter in found:
            own = [rule for rule in chapter.rules if rule in rules]
            if own:
                show(console, Text(f"{chapter.title} ({chapter.name})", style="bold"))
            show(console, *(hanging(console, f"  {one.slug:{width}}  {one.level:8}  ", one.sentence) for one in own))
    return Status.OK if rules else Status.NOTHING


def fits(rule: Rule, wanted: Arguments) -> bool:
    """Whether a rule passes all filters."""
    alike = {"Linux": {"POSIX"}, "macOS": {"POSIX"}, "POSIX": {"Linux", "macOS"}}
    systems = {*wanted.system}.union(*(alike.get(system, ()) for system in wanted.system))
    return (
        (not wanted.chapter or rule.chapter in wanted.chapter)
        and (not wanted.kind or not set(wanted.kind).isdisjoint(rule.kinds))
        and (not wanted.level or rule.level in wanted.level)
        and (not wanted.system or not rule.systems or not systems.isdisjoint(rule.systems))
        and (wanted.since is None or rule.since >= wanted.since)
    )


def as_data(rule: Rule) -> dict[str, Any]:
    """A rule, as data for JSON."""
    return {
        **{name: value for name, value in vars(rule).items() if name not in ("source", "when")},
        "chapter": rule.chapter,
        "since": dotted(rule.since),
        "until": dotted(rule.until),
        "elsewhere": rule.when[0] if rule.when is not None else "",
        "sources": [{"document": source.document, "part": source.part, "url": source.url} for source in rule.source],
        "file": Path(rule.file).name,
    }
