"""Results as a run might have written them, and the command line as a user types it."""

import os
import subprocess
import sys

from runs import CHECKOUT, environment

from queuespec import results
from queuespec.results import Header, Verdict

RULE = "get.blocks-when-empty"


def header(**changes):
    """The header of a run of CPython 3.14.1 on Linux."""
    facts = {
        "queuespec": "0.1.0",
        "rule_set": "0123456789abcdef",
        "implementation": "multiprocessing",
        "python_implementation": "cpython",
        "python_version": "3.14.1",
        "system": "Linux",
        "machine": "x86_64",
        "start_methods": ("fork", "spawn"),
        "started": "2026-01-02T03:04:05Z",
    }
    return Header.from_data({**facts, **changes})


def verdict(rule=RULE, verdict="conforms", **changes):
    """One verdict, of kind Queue under fork."""
    facts = {
        "level": "promise",
        "chapter": "getting",
        "sentence": "`get()` waits until an item arrives",
        "test": "tests/spec/test_getting.py::test_get_blocks_when_empty[fork-Queue]",
        "kind": "Queue",
        "start_method": "fork",
        "reported_start_method": changes.get("start_method", "fork"),
        "seconds": 0.25,
    }
    return Verdict(rule=rule, verdict=verdict, **{**facts, **changes})


def text_of(verdicts, **changes):
    """A complete file."""
    return "".join(line + "\n" for line in results.as_lines(header(**changes), verdicts))


def queuespec(*words, path=(), **env):
    """Runs the command line to its end."""
    return subprocess.run(
        [sys.executable, "-m", "queuespec", *map(str, words)],
        env=environment(PYTHONPATH=os.pathsep.join(map(str, (CHECKOUT / "src", *path))), **env),
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
