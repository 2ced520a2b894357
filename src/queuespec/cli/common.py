"""What several commands do: read a duration, or results files; find the checkout, or a rule by its name; refuse an
unknown name; make ready what they explore or measure; write their output."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import re
import signal
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Callable

from queuespec import results
from queuespec.cli.parser import Arguments, Refused
from queuespec.judge.options import files_of, probe, refuse_what_cannot_be_judged, specification
from queuespec.judge.preparing import serving, settings_of
from queuespec.judge.smoke import refuse_what_is_no_queue
from queuespec.report.console import console_for, say, say_error
from queuespec.report.document import rules_of
from queuespec.results import Results, write_atomically
from queuespec.rules import Facts, Rule, specification_folder
from queuespec.rules.words import did_you_mean
from queuespec.stage import Settings
from queuespec.text import one_line

DURATION = re.compile(r"(\d+(?:\.\d+)?)([smh]?)")


def seconds_of(text: str) -> float:
    """The seconds of ``90``, ``90s``, ``30m``, ``2h``."""
    found = DURATION.fullmatch(text)
    seconds = float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[found[2]] if found and text.isascii() else 0.0
    if not 0 < seconds < 1e7:
        raise argparse.ArgumentTypeError(f"{text!r} is not a duration such as 90, 90s, 30m or 2h")
    return seconds


def checkout() -> Path | None:
    """The checkout that this package is in; None if the package is installed elsewhere."""
    home = specification_folder().parents[1]
    return home if (home / "pyproject.toml").is_file() else None


def add_rules(add: Callable[..., Any]) -> None:
    """Adds ``--rules``."""
    help_text = "also know the rules of your own in this file; repeatable"
    add("--rules", metavar="FILE", action="append", default=[], help=help_text)


def rule_named(slug: str, own: Sequence[str] = ()) -> Rule:
    """The rule with this slug, or the one whose test also proves it. Raises `Refused` and `CannotJudge`."""
    rules = rules_of(specification(files_of(own)))
    named = {proved: rule for rule in rules for proved in rule.proves}
    named.update({rule.slug: rule for rule in rules})
    refuse_unknown([slug], named)
    return named[slug]


def refuse_unknown(names: Collection[str], known: Collection[str], what: str = "rule") -> None:
    """Raises `Refused` for a name of a rule, or of something else, that does not exist; names the closest one."""
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known) or f"; 'queuespec {'list' if what == 'rule' else 'faults'}' lists all"
            raise Refused(f"there is no {what} '{one_line(name, 100)}'{hint}")


@contextlib.contextmanager
def prepared(given: Arguments, start_methods: Sequence[str]) -> Iterator[tuple[Facts, Settings]]:
    """What the options name, ready to be used under these start methods, or under its own; what all judged processes
    share runs meanwhile. Raises `CannotJudge`."""
    facts = probe(given.python, given.implementation)
    refuse_what_cannot_be_judged(facts, start_methods)
    with serving(settings_of(given, facts), facts) as (settings, _):
        for method in [*start_methods, *facts.start_methods][:1]:
            latency = refuse_what_is_no_queue(settings, method, facts.lacks)
            settings = dataclasses.replace(settings, latency=latency)
        yield facts, settings


def ends_undisturbed() -> None:
    """From here on, Ctrl-C and SIGTERM have no effect on this process: what is left to do takes moments, and should be
    done."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is signal.default_int_handler:
            signal.signal(number, signal.SIG_IGN)  # a function would be dropped before the end of Python


def show_as(form: str, subject: Any, report: Any) -> None:
    """Prints `subject` as JSON, or as the module `report` renders it: as Markdown, or for a terminal."""
    if form == "json":
        say(json.dumps(subject.as_data(), indent=1))
    elif form == "markdown":
        say(report.as_markdown(subject))
    else:
        report.to_terminal(subject, console_for(sys.stdout))


class EachOnce:
    """Reads results files for a command, one by one; a copy of a file that it has read is left out, and named."""

    def __init__(self, command: str) -> None:
        self._command = command
        self._names: dict[str, str] = {}

    def read(self, names: Iterable[str], timelines: bool = False) -> Iterator[Results]:
        """The results of these files, and of what is left of those that were cut short. Raises `BadFile`."""
        for name in names:
            found = results.read(name, cut_short=True, timelines=timelines)
            if found.digest in self._names:
                same = self._names[found.digest]
                say_error(f"queuespec {self._command}: {found.name} is the same run as {same}; it is used once")
            else:
                self._names[found.digest] = found.name
                yield found


def write(path: Path, *parts: str) -> None:
    """Writes a file. Raises `Refused`."""
    try:
        write_atomically(path, parts)
    except OSError as error:
        raise Refused(f"cannot write {one_line(str(path))!r}: {error.strerror or type(error).__name__}") from None
