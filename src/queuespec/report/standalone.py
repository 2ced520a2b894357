"""A counterexample as a program of its own, which needs Python alone."""

from __future__ import annotations

import dataclasses
import pprint
import re
import textwrap
from pathlib import Path
from typing import Any

from queuespec.explore.counterexample import Counterexample
from queuespec.explore.history import Step
from queuespec.report.counterexample import held, listing
from queuespec.report.inlining import Unsuitable
from queuespec.rules import Facts
from queuespec.text import one_line

PLAYING = Path(__file__).with_name("playing.py")
FROM_HERE = "# --- copied from here on\n"
MANY = 300
"""How often the program tries what no hold makes certain."""


def program(one: Counterexample, facts: Facts) -> str:
    """The text of the program. Raises `Unsuitable` if it cannot be one."""
    home, _, path = facts.implementation.partition(":")
    if facts.adapter or home in ("fault", "better") or not re.fullmatch(r"\w+(\.\w+)*", home):
        raise Unsuitable(f"{facts.implementation} cannot be imported by a program")
    if one.schedule.faults:
        raise Unsuitable(f"it injects faults ({', '.join(one.schedule.faults)})")
    if one.history.scenario.starts_late:
        raise Unsuitable("its children start late")
    text = PLAYING.read_text(encoding="utf-8")
    imports = text[text.index("import ") : text.index("QUIET")]
    scenario, module = one.history.scenario, "multiprocessing" if path else home
    owner, _, kind = scenario.kind.rpartition(".")
    build = f"{home}.{path}" if path else f"{'manager' if owner else 'context'}.{kind}"
    given = ["maxsize=MAXSIZE"] if scenario.maxsize else []
    given += [f"{facts.context_parameter}=context"] if facts.context_parameter and path else []
    more = "".join(f"import {name}\n" for name in sorted({home, module} - {"multiprocessing"}))
    directory = _directory(home, facts.implementation_home)
    if directory:
        more = f"\nsys.path.append({directory!r})  # where {home} is\n{more}"
    copied = text.partition(FROM_HERE)[2].replace("multiprocessing.get_context", f"{module}.get_context")
    data = {
        "QUIET": 0.5,
        "METHOD": scenario.start_method,
        "MAXSIZE": scenario.maxsize,
        "TIMES": 1 if one.schedule.holds else MANY,
        "PARTS": {part["actor"]: part["operations"] for part in scenario.as_json()["parts"]},
        "HOLDS": [dataclasses.asdict(hold) for hold in one.schedule.holds],
        "SHOWN": shown(one),
    }
    values = "".join(f"{name} = {pprint.pformat(value, width=110, sort_dicts=False)}\n" for name, value in data.items())
    start = 'if __name__ == "__main__":\n    main()\n'
    manager = "    global manager\n    manager = context.Manager()\n" if owner else ""
    made = f"def make(context):\n{manager}    return {build}({', '.join(given)})\n"
    return f'"""{_headline(one, facts)}\n"""\n\n{imports.rstrip()}\n{more}\n{values}\n\n{made}\n{copied}\n\n{start}'


def _directory(module: str, file: str) -> str:
    """Where a module has to be looked for; empty if every Python of its environment finds it."""
    found = Path(file)
    installed = not {"site-packages", "dist-packages", "multiprocessing"}.isdisjoint(found.parts)
    return "" if installed or found.stem != module or not found.is_absolute() else str(found.parent)


def _headline(one: Counterexample, facts: Facts) -> str:
    words = [one_line(one.broken.sentence, 300), "", *listing(one), ""]
    words += textwrap.wrap(" ".join(map(held, one.schedule.holds)), 110)
    words += ["", f"Written for {one_line(facts.described)}; nearest rule: {one.broken.rule}."]
    words += ["Exit status 1: it shows, and the output is what happened. 0: it does not."]
    return "\n".join(words).replace("\\", "\\\\").replace('"""', "'''")


def shown(one: Counterexample) -> dict[str, Any]:
    """How the operations of each actor ended, its process, and what was left, as `playing` says it."""
    parts = {part.actor: len(part.operations) for part in one.history.scenario.parts}
    found: dict[str, Any] = {actor: [] for actor in parts}
    rest: list[Step] = []
    for step in one.history.steps:
        mine = found.get(step.actor)
        if mine is None or len(mine) == parts[step.actor]:
            rest.append(step)
        else:
            mine.append(_outcome(step))
    for end in one.history.endings:
        found[f"exit code of {end.process}"] = end.exit_code
    if rest:
        got = [step for step in rest if step.operation.call.startswith("get") and step.outcome != "raised"]
        found["left"] = [*map(_outcome, got)]
    return found


def _outcome(step: Step) -> str:
    if step.end is None:
        return "never ended"
    return f"raised {step.value}" if step.outcome == "raised" else f"returned {step.value!r}"
