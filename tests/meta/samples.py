"""Results as a run might have written them, and the command line as a user types it."""

import os
import subprocess
import sys

from runs import CHECKOUT, environment

from queuespec import results
from queuespec.results import Found, Header, Verdict

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


def finding(cause="lost", kind="Queue", counts=None, say=str):
    """A finding of exploring; `say` makes its texts of these."""
    put, get = {"call": "put", "item": "p-1"}, {"call": "get", "timeout": 0.05}
    hold = {"actor": "parent", "operation": 0, "file": say("multiprocessing/queues.py"), "function": say("put")}
    hold |= {"line": 96, "visit": 2, "thread": say("caller"), "then": "kill", "text": say("self._notempty.notify()")}
    scenario = {"kind": kind, "start_method": say("fork"), "maxsize": 1}
    scenario["parts"] = [{"actor": "parent", "operations": [put]}, {"actor": "child 1", "operations": [get]}]
    ended = {"actor": "child 1", "operation": get, "begin": 2_000_000, "end": 52_000_000, "outcome": "returned"}
    steps = [
        {"actor": "parent", "operation": put, "begin": 1_000_000, "end": None, "outcome": "", "value": None},
        {**ended, "value": say("p-1")},
    ]
    endings = [{"process": "child 1", "begin": 1_000_000, "end": 80_000_000, "exit_code": -9}]
    return Found(
        {
            "broken": {"sentence": say('"p-1" was got twice'), "rule": say("order.fifo"), "cause": say(cause)},
            "schedule": {"seed": 7, "holds": [hold], "faults": [say("signal")]},
            "history": {"scenario": scenario, "steps": steps, "endings": endings},
            "shown": 7,
            "tried": 10,
        },
        {"fork": 3} if counts is None else counts,
    )


EXPLORED = {"rounds": 1200, "schedules": 30, "schedules_there_are": 900}


def text_of_exploring(findings, explored=EXPLORED, **changes):
    """A complete file of exploring."""
    lines = results.as_lines(header(**changes), [], 60.0, findings, explored)
    return "".join(line + "\n" for line in lines)


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
