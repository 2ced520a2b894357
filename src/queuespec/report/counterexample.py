"""A counterexample for people: the scenario, the history as lanes, what it breaks, where it was held, how to see it
again."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from queuespec.explore.counterexample import Counterexample
from queuespec.explore.history import Step
from queuespec.explore.scenario import Part
from queuespec.explore.schedule import GOES_ON, Hold
from queuespec.report.console import hanging, show
from queuespec.report.lanes import in_text
from queuespec.text import Row, counted, one_line

if TYPE_CHECKING:
    from rich.console import Console

PARENT = "parent"

THEN = {GOES_ON: "goes on when", "raise": "raises an exception there when", "exit": "calls os._exit() there when"}
THEN["kill"] = "is killed there when"
"""What happens to a thread that is held, in words."""


def to_console(console: Console, one: Counterexample, sentence: str, again: str) -> None:
    """Prints it. `sentence` is that of the nearest rule, `again` says how to run it again."""
    from rich.text import Text

    broken, scenario = one.broken, one.history.scenario
    head = hanging(console, "broken: ", one_line(f"{broken.sentence} ({scenario.kind}, {scenario.start_method})", 1000))
    head.stylize("bold red", 0, len("broken:"))
    show(console, head, "", *listing(one), "", *in_text(rows(one), console.width), "")
    for hold in one.schedule.holds:
        show(console, hanging(console, "", held(hold)))
        if hold.text:
            show(console, Text(f"    {one_line(hold.text, 200)}", style="bold"))
    rule = f"{broken.rule}: {sentence}" if sentence else broken.rule
    show(console, hanging(console, "nearest rule: ", one_line(rule)), how_often(one), again)


def listing(one: Counterexample) -> Iterator[str]:
    """The scenario, as a program would be read: a line for each operation."""
    scenario, holds = one.history.scenario, one.schedule.holds
    maxsize = f"maxsize={scenario.maxsize}" if scenario.maxsize else ""
    yield f"queue = {scenario.kind}({maxsize}), under {one_line(scenario.start_method, 60)}"
    for part in scenario.parts:
        if part.operations:
            yield f"{part.actor}:"
        for number, operation in enumerate(part.operations):
            held_at = [f"{hold.file}:{hold.line}" for hold in holds if _at(hold, part.actor, number)]
            yield one_line(f"    {operation.text}{f'   # held at {held_at[0]}' if held_at else ''}")
    for fault in one.schedule.faults:
        yield one_line(f"fault: {fault}")
    calls = {part.actor: len(part.operations) for part in scenario.parts}
    if sum(step.actor == PARENT for step in one.history.steps) > calls.get(PARENT, 0):
        yield f"afterward, {PARENT} gets what is left"


def _at(hold: Hold, actor: str, operation: int) -> bool:
    return (hold.actor, hold.operation) == (actor, operation)


def held(hold: Hold) -> str:
    """Where an actor was held, and what it did then."""
    visit = f", at visit {hold.visit}" if hold.visit > 1 else ""
    return one_line(
        f"{hold.actor} is held in {hold.place}{visit}; it {THEN[hold.then]} the others have ended or cannot go on"
    )


def how_often(one: Counterexample) -> str:
    """How often it shows."""
    if one.tried == 0:
        return "shown once; there was no time to run it again"
    return f"shown in {one.shown} of {counted(one.tried, 'further run')}"


def rows(one: Counterexample) -> list[Row]:
    """The history as a timeline: the operations and the ends of processes."""
    history, ended = one.history, {end.process for end in one.history.endings}
    moments = [step.begin for step in history.steps] + [end.end for end in history.endings]
    first = min(moments, default=0)
    found: list[Row] = []
    for step in history.steps:
        took = None if step.end is None else (step.end - step.begin) / 1e9
        said = outcome(step) if step.end is not None else "never ended" if _process(step) in ended else "still running"
        found.append(((step.begin - first) / 1e9, step.actor, step.operation.text, said, took))
    for end in history.endings:
        said = "ended" if end.exit_code is None else f"ended with exit code {end.exit_code}"
        found.append(((end.end - first) / 1e9, end.process, "end of the process", said, 0.0))
    return sorted(found, key=lambda row: row[0])


def _process(step: Step) -> str:
    return Part(step.actor, ()).process


def outcome(step: Step) -> str:
    """``returned "p1-1"``, ``raised Empty``."""
    return one_line(f"{step.outcome} {step.value if step.outcome == 'raised' else _value(step.value)}", 200)


def _value(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def replaying(file: str, python: str = sys.executable, implementation: str = "") -> str:
    """The command that runs a saved counterexample again, by the interpreter that it was found with.

    `implementation` is one that the file must not or cannot name; empty if the file says which it is.
    """
    words = ["queuespec", "explore", "--replay", file]
    words += ["--implementation", implementation] if implementation else []
    words += ["--python", python] if python != sys.executable else []
    return one_line(shlex.join(words), 1000)
