"""The options for judging, for every parser that has them, and the checks of what they name, before anything is judged.

Nothing here imports pytest.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import math
import os
import re
import secrets
import sys
import time
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, Callable

from queuespec.results import Recorder
from queuespec.rules import BadRules, Chapter, Facts, chapters, specification_folder, with_own
from queuespec.rules.words import NEEDS, OWN, check, did_you_mean
from queuespec.stage.pace import Pace
from queuespec.stage.processes import KEPT_OUTPUT, LAST_WORDS, ProcessTree, Supervisor, how_ended
from queuespec.stage.settings import Settings
from queuespec.text import one_line

PROBE = Path(__file__).parents[1] / "actors" / "probe.py"
PROBING = 60.0
"""Timeout for the start of an interpreter, in seconds."""

FAREWELL = 0.5
"""Timeout for a probe to end by itself, in seconds."""


def positive_seconds(text: str) -> float:
    """A positive, finite number of seconds."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive number of seconds")
    return number


def positive_number(text: str) -> int:
    """A positive whole number."""
    if not (text.isascii() and text.isdecimal() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive whole number")
    return int(text)


def add_options(add: Callable[..., Any]) -> None:
    """Adds them by argparse's `add_argument` or pytest's `addoption`. Each help text fits on one line in 80 columns."""
    seconds: dict[str, Any] = {"metavar": "SECONDS", "type": positive_seconds}
    repeatable: dict[str, Any] = {"action": "append", "default": []}
    add(
        "--implementation",
        metavar="NAME",
        default="multiprocessing",
        help="judge this: a module, MODULE:CLASS or an adapter.py",
    )
    add("--start-method", metavar="NAME", help="judge under this start method only; repeatable", **repeatable)
    add(
        "--python",
        metavar="EXECUTABLE",
        default=sys.executable,
        help="judge the queue of this interpreter (3.9 or later)",
    )
    add("--patience", default=Settings.patience, help="timeout for what must complete; raise if slow (12.7)", **seconds)
    add("--quiet-time", default=0.1, help="time to watch a call that must block (0.1)", **seconds)
    add("--rule", metavar="SLUG", help="judge this rule only; repeatable", **repeatable)
    add("--rules", metavar="FILE", help="judge your own rules in this file, too; repeatable", **repeatable)
    add(
        "--crowd",
        metavar="NUMBER",
        type=positive_number,
        default=2,
        help="producers and consumers in crowd rules (2 each)",
    )
    add(
        "--largest-item",
        metavar="MIB",
        type=positive_number,
        default=64,
        help="size of the largest item (64); takes ten times that",
    )
    add("--results", metavar="FILE", help="write the verdicts to this file, as JSON Lines")
    add("--expectations", metavar="FILE", help="expect the deviations in this TOML file; repeatable", **repeatable)
    add("--timeline", action="store_true", help="print every call with its time and outcome")


def add_strict(add: Callable[..., Any]) -> None:
    """Adds ``--strict``, which is pytest's own, to a parser that shows help."""
    add("--strict", action="store_true", help="de-facto rules decide the exit status, too")


REPEATED = ("implementation", "python", "patience", "quiet_time", "crowd", "largest_item", "rules")
"""The options that say what is judged and how, but not which of the known rules."""


def given(option: argparse.Namespace) -> list[str]:
    """Those of `REPEATED` that have another value than their default, as a command line has them."""
    parser = argparse.ArgumentParser(add_help=False)
    add_options(parser.add_argument)
    values = {name: getattr(option, name) for name in REPEATED}
    changed = {name: value for name, value in values.items() if value != parser.get_default(name)}
    return [
        word
        for name, value in changed.items()
        for one in (value if isinstance(value, list) else [value])
        for word in (f"--{name.replace('_', '-')}", f"{one:g}" if isinstance(one, float) else str(one))
    ]


class CannotJudge(Exception):
    """Nothing can be judged; the message is one sentence that says why and what to do about it."""


def probe(python: str, implementation: str) -> Facts:
    """An interpreter's facts. Raises `CannotJudge` if it is not Python, too old, or cannot load the implementation.

    What the implementation has started when it was imported ends with the probe.
    """
    marker = secrets.token_hex(8)
    with contextlib.closing(Supervisor()) as supervisor:
        begun, pace = time.monotonic(), Pace()
        try:
            tree = ProcessTree([python, str(PROBE), marker, implementation, *modules_of_ours()], supervisor)
        except OSError as error:
            raise CannotJudge(f"--python: cannot run {python!r} as a Python interpreter ({error})") from None
        known = _answers(tree, marker, PROBING, lambda answers: answers != [] or tree.written > KEPT_OUTPUT)
        if not known and tree.written <= KEPT_OUTPUT:
            last = _last_line(tree, marker) or ("no output" if tree.has_ended else f"no answer within {PROBING:g} s")
            raise CannotJudge(f"--python: {python!r} does not behave like a Python interpreter ({last})")
        pace.saw(time.monotonic() - begun)
        importing = Settings(implementation, python, (), pace=pace).importing
        if not any(known):
            known = _answers(tree, marker, importing, any)
        data = known[-1] if known else {}
        if not data:
            fate = _fate(tree, marker, importing)
            raise CannotJudge(f"--implementation: cannot load implementation {implementation!r}: {fate}")
        if "error" in data:
            option = data.get("option", "--implementation")
            about = {"": "", "--python": f"--python: cannot judge {python!r}: "}.get(option, f"{option}: ")
            hint = did_you_mean(implementation, data.get("known", ()))
            raise CannotJudge(about + one_line(data["error"]) + hint)
        tree.wait(FAREWELL)
    facts = Facts.read(data)
    try:
        check("capability", facts.lacks, NEEDS, OWN)
    except ValueError as error:
        raise CannotJudge(f"--implementation: {facts.implementation} lacks an {error}") from None
    return facts


def modules_of_ours() -> list[str]:
    """The names by which judged processes import what is in the specification: packages of roles and items, and the
    programs that other programs import."""
    folder = specification_folder()
    packages = {path.parent.name for path in folder.glob("*/__init__.py")}
    programs = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("programs/*.py")}
    imported = {name for text in programs.values() for name in re.findall(r"^\s*(?:from|import) (\w+)", text, re.M)}
    return sorted(packages | imported & {*programs})


def _answers(
    tree: ProcessTree, marker: str, seconds: float, enough: Callable[[list[dict[str, Any]]], bool]
) -> list[dict[str, Any]]:
    """The probe's answers, as soon as they are enough or it has ended."""
    found: list[dict[str, Any]] = []

    def come() -> bool:
        found[:] = map(json.loads, re.findall(rf"^{marker}(\{{.*\}})$", tree.output(), re.MULTILINE))
        return enough(found)

    if not tree.waits_for(lambda: come() or tree.has_ended, seconds) or not enough(found):
        tree.reads_until(time.monotonic() + LAST_WORDS if tree.has_ended else 0)
        come()
    return found


def _fate(tree: ProcessTree, marker: str, importing: float) -> str:
    """How the import of the implementation went that gave no answer, in words."""
    code = tree.wait(0.0)
    if code is None:
        return f"importing it took longer than {importing:g} s"
    last = _last_line(tree, marker)
    return f"the process that imported it {how_ended(code)}" + (f" ({last})" if last else "")


def _last_line(tree: ProcessTree, marker: str) -> str:
    lines = [line for line in tree.output().splitlines() if line.strip() and marker not in line]
    return one_line(lines[-1], 200) if lines else ""


def refuse_what_cannot_be_judged(facts: Facts, start_methods: Collection[str]) -> None:
    """Raises `CannotJudge` if the platform lacks one of the start methods, or semaphores."""
    for method in start_methods:
        if method not in facts.start_methods:
            available = ", ".join(facts.start_methods)
            raise CannotJudge(f"--start-method: {method!r} is not available on this platform; it has {available}")
    if facts.semaphores is not None:
        raise CannotJudge(
            f"Python has too few semaphores on this system ({facts.semaphores}), so processes cannot share a queue; "
            "on Linux, mount a writable /dev/shm"
        )


def files_of(names: Iterable[str]) -> tuple[Path, ...]:
    """The files with rules of the user's own that ``--rules`` names."""
    return tuple(dict.fromkeys(Path(os.path.abspath(name)) for name in names))


def refuse_unknown_rules(slugs: Collection[str], own: tuple[Path, ...] = ()) -> None:
    """Raises `CannotJudge` if there is not one of these rules, or if a file of rules cannot be imported."""
    if not slugs and not own:
        return
    known = {slug for chapter in specification(own) for rule in chapter.rules for slug in (rule.slug, *rule.proves)}
    for slug in slugs:
        if slug not in known:
            raise CannotJudge(f"--rule: there is no rule {slug!r}{did_you_mean(slug, known)}")


@functools.cache
def specification(own: tuple[Path, ...] = ()) -> list[Chapter]:
    """All chapters of the specification, and the files with rules of a user's own. Raises `CannotJudge` if one of them
    cannot be used.
    """
    try:
        found = chapters()
    except Exception as error:
        about = one_line(f"{type(error).__name__}: {error}")
        raise CannotJudge(f"cannot import the specification: {about}") from error
    try:
        return with_own(found, own)
    except BadRules as error:
        raise CannotJudge(one_line(str(error))) from error


def recorder_for(path: Path) -> Recorder:
    """The recorder of a file. Raises `CannotJudge` if results cannot be written there."""
    if path.is_dir():
        raise CannotJudge(f"--results: {str(path)!r} is a directory; name a file in it")
    if not path.parent.is_dir():
        raise CannotJudge(f"--results: no such directory: {str(path.parent)!r}")
    if path.exists() and not path.is_file():
        raise CannotJudge(f"--results: {str(path)!r} is not a regular file")
    recorder = Recorder(path)
    try:
        recorder.try_to_write()
    except OSError as error:
        raise CannotJudge(f"--results: cannot write {str(path)!r}: {error.strerror or error}") from None
    return recorder
