"""Judges one rule in a judge of its own, which loads this module as a plugin.

The plugin leaves out other kinds of queue, keeps the full message of what a test raises, and stops at the first one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from queuespec import results
from queuespec.cli.parser import Refused
from queuespec.text import one_line

WANTED = "QUEUESPEC_PERFORMED"
"""The environment variable with the kind to judge (empty for all) and the file to write to, as JSON."""

PROGRAM = "import sys; sys.path.insert(1, sys.argv.pop(1)); from queuespec.__main__ import main; sys.exit(main())"
"""Starts the judge of this package, wherever it is, and changes nothing for the interpreter that is judged."""


def performed(slug: str, kind: str, options: list[str]) -> tuple[results.Verdict, str]:
    """The first verdict that deviates, or else the first one, and the full message of what its test raised, with the
    stacks of a hang. Raises `Refused`."""
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
