"""Rules and the faults that turn them red: ``queuespec faults`` shows what is declared, or judges all of them."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.text import Text

from queuespec import results
from queuespec.cli.arguments import USAGE_ERROR, Arguments
from queuespec.cli.listing import fault_modules, unknown
from queuespec.report.console import console_for, show
from queuespec.rules import Chapter, Rule, chapters
from queuespec.stage import ProcessTree, Supervisor
from queuespec.text import markdown, one_line

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Mapping

    Grid = Mapping[str, Mapping[str, str]]
    """Slug to fault to verdict; what is only declared is "meant" or "as well". No row: the rule gave no verdict."""

PATIENCE = 2.0
"""Seconds that a fault is waited for: what hangs, hangs at once."""


def show_faults(words: list[str]) -> int:
    """``queuespec faults``: which faults turn which rules red."""
    known = fault_modules()
    arguments = Arguments(
        "faults",
        "Shows which faults turn which rules red: as they declare it, or as it is found now. "
        "Exit status 1 if no rule gave a verdict, one that did is caught by no fault, or a fault by no rule.",
    )
    arguments.add_argument("names", metavar="FAULT", nargs="*", help="these only (default: all)")
    arguments.add_argument("--judge", action="store_true", help="judge them now; by all rules that takes a while")
    arguments.add_argument("--rule", metavar="SLUG", action="append", default=[], help="of this rule only")
    arguments.add_argument(
        "--start-method",
        metavar="NAME",
        action="append",
        default=[],
        help="judge under this one (default: what the fault needs)",
    )
    arguments.add_argument("--format", choices=("text", "markdown", "json"), default="text", help="default: text")
    given = arguments.parse_args(words)
    for name in given.names:
        if name not in known:
            print(f"queuespec faults: {unknown(name, known, 'fault')}", file=sys.stderr)
            return USAGE_ERROR
    names = given.names or list(known)
    found = chapters()
    slugs = [rule.slug for rule in tested(found)]
    for slug in given.rule:
        if slug not in slugs:
            print(f"queuespec faults: {unknown(slug, slugs)}", file=sys.stderr)
            return USAGE_ERROR
    wanted = set(given.rule or slugs)
    found = [replace(chapter, rules=tuple(rule for rule in chapter.rules if rule.slug in wanted)) for chapter in found]
    idle: list[str] = []
    grid: Grid = {**{slug: {} for slug in slugs}, **declared(names, known)}
    if given.judge:
        methods = {name: start_methods_of(known[name]) for name in names}
        for name in names:
            if not methods[name]:
                print(f"queuespec faults: {name} would be no fault here, and is left out", file=sys.stderr)
        names = [name for name in names if methods[name]]
        slowest_first = sorted(names, key=lambda name: getattr(known[name], "COLLATERAL", ()) != "everything")
        verdicts = judged({name: given.start_method or methods[name] for name in slowest_first}, given.rule)
        idle = [name for name in names if is_idle(name, known[name].BREAKS, verdicts)]
        grid = only_red(verdicts)
    grid = {slug: dict(sorted(row.items())) for slug, row in grid.items() if slug in wanted}
    if given.format == "json":
        print(json.dumps(as_data(grid, found, {name: sentence(known[name]) for name in names}), indent=1))
    else:
        to_people(grid, found, names, idle, given)
    uncaught = not given.names and not all(grid.values())
    return 1 if idle or uncaught or not grid else 0


def start_methods_of(fault: Any) -> list[str]:
    """Those of this platform under which it is to be judged; none where it would be no fault."""
    here = multiprocessing.get_all_start_methods()
    wanted = getattr(fault, "START_METHODS", ("fork" if "fork" in here else "spawn",))
    return [] if sys.platform in getattr(fault, "NOT_ON", ()) else [method for method in wanted if method in here]


def only_red(verdicts: Grid) -> Grid:
    """Of the rules that have judged something, the faults that they have turned red for."""
    return {
        slug: {name: verdict for name, verdict in row.items() if verdict in results.BAD}
        for slug, row in verdicts.items()
        if set(row.values()) & set(results.JUDGED)
    }


def is_idle(name: str, meant: Collection[str], verdicts: Grid) -> bool:
    """Whether a fault turns nothing red, although a rule it is meant for has judged it; or left no verdicts at all."""
    its = {slug: row[name] for slug, row in verdicts.items() if name in row}
    return not set(its.values()) & set(results.BAD) and (
        not its or any(its.get(slug) in results.JUDGED for slug in meant)
    )


def sentence(fault: Any) -> str:
    """What is wrong with it."""
    return (fault.__doc__ or "").strip().partition("\n")[0]


def tested(found: list[Chapter]) -> list[Rule]:
    return [rule for chapter in found for rule in chapter.rules if rule.test]


def declared(names: list[str], known: Mapping[str, Any]) -> Grid:
    """The grid as the faults themselves declare it."""
    grid: dict[str, dict[str, str]] = {}
    for name in names:
        collateral = getattr(known[name], "COLLATERAL", ())
        for slug in collateral if isinstance(collateral, tuple) else ():
            grid.setdefault(slug, {})[name] = "as well"
        for slug in known[name].BREAKS:
            grid.setdefault(slug, {})[name] = "meant"
    return grid


def judged(methods: Mapping[str, list[str]], slugs: list[str]) -> Grid:
    """All verdicts on these faults under their start methods: one run of the specification a fault, several at a time,
    in this order.

    Standard error tells how far it is, and what a run has said that left no verdicts.
    """
    grid: dict[str, dict[str, str]] = {}
    options = ["-n0", "-q", "-p", "no:cacheprovider", "--patience", str(PATIENCE)]
    options += [word for slug in slugs for word in ("--rule", slug)]
    waiting = list(methods)[::-1]
    running: dict[str, ProcessTree] = {}
    with contextlib.closing(Supervisor()) as supervisor:

        def file_of(name: str) -> str:
            return str(Path(supervisor.directory, f"{name}.jsonl"))

        while waiting or running:
            while waiting and len(running) < 3 * (os.cpu_count() or 1):
                name = waiting.pop()
                words = [*options, "--implementation", f"fault:{name}", "--results", file_of(name)]
                words += [word for method in methods[name] for word in ("--start-method", method)]
                running[name] = ProcessTree([sys.executable, "-m", "queuespec", *words], supervisor)
            for name in [name for name, tree in running.items() if tree.wait(0.02) is not None]:
                tree = running.pop(name)
                tree.close()
                said = name
                try:
                    verdicts = results.read(file_of(name)).verdicts
                except results.BadFile as error:
                    verdicts = []
                    said += ": " + one_line(tree.output().strip().rpartition("\n")[2] or str(error))
                for verdict in verdicts:
                    row = grid.setdefault(verdict.rule, {})
                    row[name] = results.worst([verdict.verdict, row.get(name, verdict.verdict)])
                done = len(methods) - len(waiting) - len(running)
                print(f"{done} of {len(methods)} faults: {said}", file=sys.stderr, flush=True)
    return grid


def as_data(grid: Grid, found: list[Chapter], faults: Mapping[str, str]) -> dict[str, Any]:
    """The grid for programs; ``faults`` is null for a rule that gave no verdict."""
    return {
        "faults": [{"fault": name, "sentence": text} for name, text in faults.items()],
        "rules": [
            {"rule": rule.slug, "chapter": rule.chapter, "level": rule.level, "faults": grid.get(rule.slug)}
            for rule in tested(found)
        ],
    }


def in_words(row: Mapping[str, str] | None, all_faults: bool) -> str:
    """The faults of a row, and how each was seen."""
    if row is None:
        return "gave no verdict"
    if not row:
        return "caught by no fault"
    only = "caught only by " if all_faults and len(row) == 1 else ""
    return only + ", ".join(f"{name} ({how})" for name, how in row.items())


def to_people(grid: Grid, found: list[Chapter], names: list[str], idle: list[str], given: argparse.Namespace) -> None:
    """A row a rule: on a terminal, or as a table in Markdown."""
    console = console_for(sys.stdout)
    as_markdown = given.format == "markdown"
    rules = tested(found)
    width = max(len(rule.slug) for rule in rules) + 2
    if as_markdown:
        show(console, Text("| rule | faults that turn it red |"), Text("| --- | --- |"))
    for chapter in found:
        rows = {rule.slug: grid.get(rule.slug) for rule in tested([chapter])}
        texts = {slug: in_words(row, not given.names) for slug, row in rows.items() if row or not given.names}
        if texts:
            show(console, Text(f"| **{markdown(chapter.title)}** | |" if as_markdown else chapter.title, style="bold"))
        for slug, text in texts.items():
            show(console, Text(f"| `{slug}` | {text} |" if as_markdown else f"  {slug:{width}}{text}"))
    caught = [row for row in grid.values() if row]
    only = "" if given.names else f", {sum(len(row) == 1 for row in caught)} of them by one alone"
    show(console, Text(), Text(f"{len(caught)} of {len(grid)} rules are turned red by {len(names)} faults{only}"))
    if len(grid) < len(rules):
        show(console, Text(f"{len(rules) - len(grid)} more gave no verdict"))
    if idle:
        show(console, Text(f"no rule is turned red by {', '.join(idle)}"))
