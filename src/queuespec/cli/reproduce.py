"""Writes a short program without queuespec that shows whether a queue does what a rule says (exit status 0 if it does),
or a bug report in Markdown if there is no such program; attach either to an issue.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from queuespec import __version__, results
from queuespec.cli.common import add_rules, rule_named, write
from queuespec.cli.parser import Arguments, Refused, Status
from queuespec.judge.options import positive_seconds, probe, refuse_what_cannot_be_judged
from queuespec.report.console import Forgiving, say_error
from queuespec.report.inlining import Unsuitable
from queuespec.report.reproduction import Case, Reproduction, bug_report
from queuespec.rules import Rule
from queuespec.text import in_lines, one_line

WANTED = "QUEUESPEC_PERFORMED"
"""The environment variable with the kind to judge (empty for all) and the file to write to, as JSON."""
PROGRAM = "import sys; sys.path.insert(1, sys.argv.pop(1)); from queuespec.__main__ import main; sys.exit(main())"
"""Starts the judge of this package, wherever it is, and changes nothing for the interpreter that is judged."""


def add_arguments(parser: ArgumentParser) -> None:
    """Adds the arguments."""
    add = parser.add_argument
    add("slug", metavar="RULE", help="the rule's name, such as get.blocks-when-empty")
    add("--format", choices=("program", "markdown"), default="program", help="default: program")
    add("--start-method", metavar="NAME", help="default: the first that deviates, or else the first that applies")
    add("--kind", metavar="KIND", help="kind of queue; default as for --start-method")
    add("--implementation", metavar="NAME", default="multiprocessing", help="as for queuespec judge")
    add_rules(add)
    add("--python", metavar="EXECUTABLE", default=sys.executable, help="the interpreter that will run the program")
    add(
        "--patience",
        metavar="SECONDS",
        type=positive_seconds,
        default=10.0,
        help="timeout for operations that must complete, in seconds (default: 10)",
    )
    add("--output", metavar="FILE", type=Path, help="where to write it (default: standard output)")
    add("--force", action="store_true", help="replace FILE if it exists")


def run(given: Arguments) -> Status:
    """Writes what was asked for. Raises `Refused`, `CannotJudge`."""
    if given.output is not None and given.output.exists() and not given.force:
        raise Refused(f"{one_line(str(given.output))!r} already exists; --force replaces it")
    text = reproduction(given)
    if given.output is None:
        Forgiving(sys.stdout).write(text)
    else:
        write(given.output, text)
    return Status.OK


def reproduction(given: Arguments) -> str:
    """The program, or the bug report if it is requested or the rule cannot be a program."""
    rule, case, decided = asked_for(given)
    if given.format == "markdown" or not decided:
        case = _judged(given, rule, case)
    if given.format == "program":
        try:
            return Reproduction(rule, case).text
        except Unsuitable as reason:
            say_error(f"queuespec reproduce: wrote a bug report; {rule.slug} cannot be a program: {reason}")
    return bug_report(rule, case if case.verdict else _judged(given, rule, case), __version__)


def asked_for(given: Arguments) -> tuple[Rule, Case, bool]:
    """The rule, its first case that fits, and whether that is the only one.

    Only a run finds out what a rule needs that an adapter lacks.
    """
    rule = rule_named(given.slug, given.rules)
    if rule.level == "untested":
        raise Refused(f"{rule.slug} is not tested: {rule.reason}")
    facts = probe(given.python, given.implementation)
    wanted = [given.start_method] if given.start_method else []
    refuse_what_cannot_be_judged(facts, wanted)
    methods = wanted or facts.start_methods
    fitting = [method for method in methods if not rule.not_applicable(facts, method)]
    if not fitting:
        raise Refused(f"{rule.slug} does not apply: {rule.not_applicable(facts, methods[0])}")
    if given.kind is not None and given.kind not in rule.kinds:
        about = f"is about {', '.join(rule.kinds)}" if rule.kinds else "is about no kind of queue"
        raise Refused(f"{rule.slug} {about}, not about {given.kind!r}")
    kinds = [given.kind] if given.kind else rule.kinds or ("",)
    lacking = [rule.unsupported(facts, kind) for kind in kinds]
    if all(lacking):
        raise Refused(f"{rule.slug} does not apply: {lacking[0]}")
    kind, described = kinds[lacking.index("")], one_line(facts.described)
    adapter = (facts.implementation_home, *facts.adapter) if facts.adapter else ()
    how = (facts.context_parameter, adapter, facts.lacks)
    case = Case(given.implementation, fitting[0], kind, given.patience, described, "", *how)
    return rule, case, bool(given.start_method) and len(kinds) == 1 and not facts.adapter


def _judged(given: Arguments, rule: Rule, case: Case) -> Case:
    """The first case that deviates, or else the first one, with its verdict."""
    options = ["--implementation", given.implementation, "--python", given.python, "--patience", str(given.patience)]
    options += [word for name in given.rules for word in ("--rules", name)]
    options += ["--start-method", given.start_method] if given.start_method else []
    verdict, raised = performed(rule.slug, given.kind or "", options)
    return case._replace(
        start_method=verdict.start_method,
        kind=verdict.kind,
        verdict=": ".join(word for word in (verdict.verdict, verdict.explanation) if word),
        timeline=tuple(in_lines(verdict.timeline)),
        stacks=raised.partition("\n\n")[2] if verdict.verdict == "hangs" else "",
    )


def performed(slug: str, kind: str, options: list[str]) -> tuple[results.Verdict, str]:
    """The first verdict that deviates, or else the first one, and the full message of what its test raised, with the
    stacks of a hang, from a judge of its own that loads this module as a plugin. Raises `Refused`."""
    with tempfile.TemporaryDirectory() as directory:
        found, raised = Path(directory, "results.jsonl"), Path(directory, "raised.jsonl")
        words = [sys.executable, "-c", PROGRAM, str(Path(__file__).parents[2])]
        words += ["--rule", slug, *options, "--timeline", "--results", str(found)]
        words += ["-p", __name__, "-p", "no:cacheprovider", "-n0"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        environment[WANTED] = json.dumps([kind, str(raised)])
        judge = subprocess.run(words, env=environment, stdin=subprocess.DEVNULL, capture_output=True)
        texts = dict(map(json.loads, raised.read_bytes().splitlines())) if raised.exists() else {}
        try:
            verdicts = results.read(found, cut_short=True, timelines=True).verdicts
        except results.BadFile:
            verdicts = []
    judged = [verdict for verdict in verdicts if verdict.verdict in results.JUDGED]
    for verdict in verdicts:
        if not judged and verdict.verdict in ("not-applicable", "unsupported"):
            raise Refused(f"{slug} does not apply: {verdict.explanation}")
    if not judged:
        last = (judge.stdout + judge.stderr).decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise Refused(f"cannot judge {slug}: {one_line(last)}")
    chosen = next((verdict for verdict in judged if verdict.verdict in results.BAD), judged[0])
    return chosen, texts.get(chosen.test, "")


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """Leaves out other kinds than the one to judge."""
    kind = json.loads(os.environ[WANTED])[0]
    items[:] = [item for item in items if not kind or item.callspec.params.get("kind", kind) == kind]


def pytest_runtest_makereport(item: Any, call: Any) -> None:
    """Writes what a test raises, and ends the run."""
    if call.excinfo is not None and call.excinfo.typename != "Skipped":
        with open(json.loads(os.environ[WANTED])[1], "a", encoding="utf-8") as file:
            file.write(json.dumps([item.nodeid, str(call.excinfo.value)]) + "\n")
        item.session.shouldstop = "the rule is broken"
