"""Performs one rule in a process of its own, which is the judge as everybody starts it, with this module as a plugin.

The plugin leaves out the kinds of queue that are not asked for, writes the whole text of what a test raises, and stops
at the first deviation.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from queuespec import results
from queuespec.text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

WANTED = "QUEUESPEC_PERFORMED"
"""The environment variable that tells the plugin what is wanted, and where to write, as JSON."""


class NothingJudged(Exception):
    """The rule gave no verdict; the text is one sentence."""


class Performed(NamedTuple):
    """What came of a rule."""

    verdict: results.Verdict
    """The first that deviates, or else the first one."""
    raised: str
    """The whole text of what its test raised, with the stacks of what hangs."""


def performed(slug: str, kind: str, options: Sequence[str]) -> Performed:
    """Judges a rule, for this kind of queue or for all of them, with these options of the judge.

    Raises:
        NothingJudged: there was no verdict.
    """
    with tempfile.TemporaryDirectory() as directory:
        found, raised = Path(directory, "results.jsonl"), Path(directory, "raised.jsonl")
        words = [sys.executable, "-m", "queuespec", "--rule", slug, *options, "--timeline", "--results", str(found)]
        words += ["-p", __name__, "-p", "no:cacheprovider", "-n0"]
        wanted = json.dumps({"kind": kind, "file": str(raised)})
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        judge = subprocess.run(
            words,
            env={**environment, WANTED: wanted},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        try:
            verdicts = results.read(found, cut_short=True, timelines=True).verdicts
        except results.BadFile:
            verdicts = []
        texts = dict(map(json.loads, raised.read_text(encoding="utf-8").splitlines())) if raised.exists() else {}
    judged = [verdict for verdict in verdicts if verdict.verdict in results.JUDGED]
    if not judged:
        last = judge.stdout.strip().rpartition("\n")[2]
        raise NothingJudged(f"{slug} could not be judged: {one_line(last)}")
    chosen = next((verdict for verdict in judged if verdict.verdict in results.BAD), judged[0])
    return Performed(chosen, texts.get(chosen.test, ""))


# The plugin


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """Leaves out the kinds that are not asked for."""
    kind = json.loads(os.environ[WANTED])["kind"]
    if kind:
        items[:] = [item for item in items if getattr(item, "callspec", None) and item.callspec.params["kind"] == kind]


def pytest_runtest_makereport(item: Any, call: Any) -> None:
    """Writes what a test raises, and ends the run."""
    if call.excinfo is not None and call.excinfo.typename != "Skipped":
        with open(json.loads(os.environ[WANTED])["file"], "a", encoding="utf-8") as file:
            file.write(json.dumps([item.nodeid, str(call.excinfo.value)]) + "\n")
        item.session.shouldstop = "the rule is broken"
