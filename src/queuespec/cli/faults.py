"""Shows which faults break which rules, as the faults declare it or, with --judge, as judged now. The exit status is 1
if no rule gave a verdict, if none of all faults breaks a rule, or if a fault breaks none of the rules that it declares
to break.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import sys
from dataclasses import replace

from rich.text import Text

from queuespec import results
from queuespec.cli.common import refuse_unknown
from queuespec.cli.parser import Arguments, Parser, Status, add_format
from queuespec.queues.declare import EVERYTHING, Declared, faults
from queuespec.report.console import console_for, say, say_error, show
from queuespec.report.document import rules_of
from queuespec.rules import Chapter, chapters
from queuespec.stage import ProcessTree, Supervisor
from queuespec.text import counted, markdown, one_line

RED = {*results.BAD, results.ABSENT}
"""The verdicts that show that a rule noticed a fault."""

Grid = dict[str, dict[str, str]]
"""Slug to fault to verdict; where it is only declared, "meant" or "as well". No row: the rule gave no verdict."""

PATIENCE = 2.0
"""Timeout for the calls of a fault, in seconds. A fault that hangs does so immediately, so a short one is enough."""


def add_arguments(parser: Parser) -> None:
    """Adds the arguments."""
    parser.add_argument("names", metavar="FAULT", nargs="*", help="show these faults only (default: all)")
    parser.add_argument("--judge", action="store_true", help="judge the faults now; judging all of them takes a while")
    parser.add_repeatable("--rule", metavar="SLUG", help="show this rule only; repeatable")
    start_method = "judge under this start method (default: what the fault needs); repeatable"
    parser.add_repeatable("--start-method", metavar="NAME", help=start_method)
    add_format(parser, "markdown")


def run(given: Arguments) -> Status:
    """Prints the grid of rules and faults. Raises `Refused`."""
    known, found = faults(), chapters()
    slugs = [rule.slug for rule in rules_of(found) if rule.test]
    refuse_unknown(given.names, known, "fault")
    refuse_unknown(given.rule, slugs)
    names = given.names or list(known)
    slugs = given.rule or slugs
    found = [replace(chapter, rules=tuple(rule for rule in chapter.rules if rule.slug in slugs)) for chapter in found]
    idle: list[str] = []
    if given.judge:
        methods = {name: start_methods_of(known[name]) for name in names}
        for name in names:
            if not methods[name]:
                say_error(f"queuespec faults: skipping {name}: it is not a fault on this platform")
        names = [name for name in names if methods[name]]
        slowest_first = sorted(names, key=lambda name: known[name].collateral != EVERYTHING)
        verdicts = judged({name: given.start_method or methods[name] for name in slowest_first}, given.rule)
        idle = [name for name in names if is_idle(name, [*known[name].breaks], verdicts)]
        grid = only_red(verdicts)
    else:
        grid = declared([known[name] for name in names])
        grid = {slug: grid.get(slug, {}) for slug in slugs}
    grid = {slug: dict(sorted(row.items())) for slug, row in grid.items() if slug in slugs}
    if given.format == "json":
        rules = [
            {"rule": rule.slug, "chapter": rule.chapter, "level": rule.level, "faults": grid.get(rule.slug)}
            for rule in rules_of(found)
        ]
        sentences = [{"fault": name, "sentence": known[name].sentence} for name in names]
        say(json.dumps({"faults": sentences, "rules": rules}, indent=1))
    else:
        to_people(grid, found, names, idle, given)
    uncaught = not given.names and not all(grid.values())
    return Status.DEVIATION if idle or uncaught or not grid else Status.OK


def start_methods_of(fault: type[Declared]) -> list[str]:
    """The start methods to judge a fault under on this platform; empty if it is not a fault here."""
    here = multiprocessing.get_all_start_methods()
    wanted = fault.start_methods or ("fork" if "fork" in here else "spawn",)
    return [] if sys.platform in fault.not_on else [method for method in wanted if method in here]


def only_red(verdicts: Grid) -> Grid:
    """The faults that turned a rule red, for every rule with a judgment."""
    return {
        slug: {name: verdict for name, verdict in row.items() if verdict in RED}
        for slug, row in verdicts.items()
        if set(row.values()) & set(results.JUDGED)
    }


def is_idle(name: str, meant: list[str], verdicts: Grid) -> bool:
    """Whether a fault turns no rule red although one that it should break judged it, or has no verdicts at all."""
    its = {slug: row[name] for slug, row in verdicts.items() if name in row}
    return not RED & set(its.values()) and (not its or any(its.get(slug) in results.JUDGED for slug in meant))


def declared(wrong: list[type[Declared]]) -> Grid:
    """The grid as these faults declare it."""
    grid: Grid = {}
    for fault in wrong:
        collateral = fault.collateral if fault.collateral != EVERYTHING else ()
        for slug, how in {**dict.fromkeys(collateral, "as well"), **dict.fromkeys(fault.breaks, "meant")}.items():
            grid.setdefault(slug, {})[fault.name] = how
    return grid


def judged(methods: dict[str, list[str]], slugs: list[str]) -> Grid:
    """The worst verdict of every rule for each of these faults, judged under its start methods, several at a time.
    Progress goes to standard error, and so does the last line of output of a run that left no results."""
    grid: Grid = {}
    options = ["-n0", "-q", "-p", "no:cacheprovider", "--patience", str(PATIENCE)]
    options += [word for slug in slugs for word in ("--rule", slug)]
    waiting = list(methods)[::-1]
    running: dict[str, ProcessTree] = {}
    with contextlib.closing(Supervisor(judged=False)) as supervisor:
        while waiting or running:
            while waiting and len(running) < 3 * (os.cpu_count() or 1):
                name = waiting.pop()
                words = [*options, "--implementation", f"fault:{name}"]
                words += ["--results", f"{supervisor.directory}/{name}.jsonl"]
                words += [word for method in methods[name] for word in ("--start-method", method)]
                running[name] = ProcessTree([sys.executable, "-m", "queuespec", *words], supervisor)
            for name in [name for name, tree in running.items() if tree.wait(0.02) is not None]:
                tree = running.pop(name)
                tree.close()
                said = name
                try:
                    verdicts = results.read(f"{supervisor.directory}/{name}.jsonl").verdicts
                except results.BadFile as error:
                    verdicts = []
                    said += ": " + one_line(tree.output().strip().rpartition("\n")[2] or str(error))
                for verdict in verdicts:
                    row = grid.setdefault(verdict.rule, {})
                    row[name] = results.worst([verdict.verdict, row.get(name, verdict.verdict)])
                done = len(methods) - len(waiting) - len(running)
                say_error(f"{done} of {len(methods)} faults: {said}")
    return grid


def in_words(row: dict[str, str] | None, all_faults: bool) -> str:
    """The faults of a row, each with its verdict or its declaration."""
    if row is None:
        return "gave no verdict"
    if not row:
        return "no fault breaks it"
    only = "only " if all_faults and len(row) == 1 else ""
    return only + ", ".join(f"{name} ({how})" for name, how in row.items())


def to_people(grid: Grid, found: list[Chapter], names: list[str], idle: list[str], given: Arguments) -> None:
    """A row for each rule: on a terminal, or as a table in Markdown."""
    as_markdown = given.format == "markdown"
    slugs = [rule.slug for rule in rules_of(found)]
    width = max(map(len, slugs)) + 2
    line = "| `{}` | {} |" if as_markdown else f"  {{:{width}}}{{}}"
    lines: list[str | Text] = ["| rule | faults that break it |", "| --- | --- |"] if as_markdown else []
    for chapter in found:
        rows = {rule.slug: grid.get(rule.slug) for rule in chapter.rules}
        texts = {slug: in_words(row, not given.names) for slug, row in rows.items() if row or not given.names}
        title = f"| **{markdown(chapter.title)}** | |" if as_markdown else chapter.title
        lines += [Text(title, style="bold")] if texts else []
        lines += [line.format(slug, text) for slug, text in texts.items()]
    caught = [row for row in grid.values() if row]
    only = "" if given.names else f", {sum(len(row) == 1 for row in caught)} of them by only one"
    lines += ["", f"{len(caught)} of {len(grid)} rules are broken by {counted(len(names), 'fault')}{only}"]
    if len(grid) < len(slugs):
        lines.append(f"{counted(len(slugs) - len(grid), 'more rule')} gave no verdict")
    if idle:
        lines.append(f"no rule is broken by {', '.join(idle)}")
    show(console_for(sys.stdout), *lines)
