"""The commands that read what was found: check, compare, table, deviations, reference."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Callable

from queuespec import results
from queuespec.cli.arguments import Arguments
from queuespec.report import table
from queuespec.report.console import console_for, hand_over, say, say_error
from queuespec.results import BadFile, comparison, expectations
from queuespec.text import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

UNUSABLE = 2
"""The exit status for files and arguments that cannot be used, as argparse has it."""


def _told(arguments: Sequence[str], parser: argparse.ArgumentParser, work: Callable[[argparse.Namespace], int]) -> int:
    """Runs a command; a file that cannot be used is one sentence, never a traceback."""
    chosen = parser.parse_args(arguments)
    try:
        return work(chosen)
    except BadFile as error:
        say_error(f"{parser.prog}: {error}")
        return UNUSABLE


def _parser(name: str, what: str) -> Arguments:
    return Arguments(name, what, UNUSABLE)


def _with_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("text", "markdown", "json"), default="text", help="default: text")


def check(arguments: Sequence[str]) -> int:
    parser = _parser("check", "Validates results files. Exit status 0 if all are whole, 2 if one is not.")
    parser.add_argument("files", metavar="FILE", nargs="+")

    def work(chosen: argparse.Namespace) -> int:
        whole = True
        for name in chosen.files:
            try:
                run = results.read(name)
            except BadFile as error:
                say_error(f"{parser.prog}: {error}")
                whole = False
                continue
            whole = whole and not run.cut_short
            state = f"{run.cut_short or 'complete'}; {counted(len(run.verdicts), 'verdict')}"
            say(f"{run.name}: {state}: {table.summary(run.verdicts) or 'none'}")
        return 0 if whole else UNUSABLE

    return _told(arguments, parser, work)


def compare(arguments: Sequence[str]) -> int:
    parser = _parser(
        "compare",
        "Says what changed between two runs. Exit status 1 if there is a regression, 2 if a file cannot be used.",
    )
    parser.add_argument("old", metavar="OLD")
    parser.add_argument("new", metavar="NEW")
    _with_format(parser)

    def work(chosen: argparse.Namespace) -> int:
        found = comparison.Comparison(results.read(chosen.old), results.read(chosen.new))
        if chosen.format == "json":
            hand_over(comparison.as_json(found))
        elif chosen.format == "markdown":
            hand_over(comparison.as_markdown(found))
        else:
            comparison.to_terminal(found, console_for(sys.stdout))
        return 1 if found.groups["regressions"] else 0

    return _told(arguments, parser, work)


def show_table(arguments: Sequence[str]) -> int:
    parser = _parser(
        "table",
        "Merges results files into one table: a row a rule, a column an implementation, Python, system and start "
        "method. Exit status 2 if a file cannot be used, or does not belong to the others.",
    )
    parser.add_argument("files", metavar="FILE", nargs="+")
    _with_format(parser)

    def work(chosen: argparse.Namespace) -> int:
        merged = table.Merged(results.read(name, cut_short=True) for name in chosen.files)
        if chosen.format == "json":
            hand_over(table.as_json(merged))
        elif chosen.format == "markdown":
            hand_over(table.as_markdown(merged))
        else:
            table.to_terminal(merged, console_for(sys.stdout))
        return 0

    return _told(arguments, parser, work)


def draft_deviations(arguments: Sequence[str]) -> int:
    parser = _parser(
        "deviations",
        "Writes entries for `--deviations` from what deviates in a run; the reasons are left for a person to fill.",
    )
    parser.add_argument("results", metavar="RESULTS")

    def work(chosen: argparse.Namespace) -> int:
        run = results.read(chosen.results, cut_short=True)
        text = expectations.drafts(run.header, run.verdicts)
        if text:
            hand_over(text)
        else:
            say_error(f"{run.name}: nothing deviates that is not declared")
        return 0

    return _told(arguments, parser, work)
