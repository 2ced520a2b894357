"""pytest-xdist: how many workers there are, what they receive and send, and how they end with the run.

A worker writes its plan to a file before it reports what it has collected, so the controller knows everything about a
test whose worker crashes.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import socket
import sys
import threading
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

import pytest

from queuespec.judge.options import CannotJudge, probe
from queuespec.judge.planned import Assignment
from queuespec.results import Verdict
from queuespec.rules import Facts
from queuespec.stage import Supervisor
from queuespec.stage.preloading import WORTH_IT

INPUT = "queuespec"
"""The key of what a worker receives from its controller."""


PROBED = pytest.StashKey["Facts | BaseException"]()
"""Where pytest's configuration keeps the outcome of probing the judged interpreter."""

FEWER = pytest.StashKey["list[str]"]()
"""Where pytest's configuration keeps the sentence that says why there are fewer workers than usual, if there are."""

HEAVY = 1.0
"""How long an import may take, in seconds, for a run that mostly waits rather than imports."""

SHARING = 2
"""How many times the memory of an import a worker has if it imports the implementation once: forks copy some of it."""

PROCESSES = 8
"""How many processes of a worker have imported the implementation at the same time: stages, and children of one, with
those that are kept."""


def is_worker(config: pytest.Config) -> bool:
    """Whether this process is a worker of pytest-xdist."""
    return hasattr(config, "workerinput")


@pytest.hookimpl(wrapper=True)
def pytest_cmdline_main(config: pytest.Config) -> Generator[None, object, object]:
    """Judges in parallel by default if pytest-xdist is loaded. This is a wrapper because it must run before
    pytest-xdist's own `tryfirst`, even if this plugin was loaded first, by ``-p``."""
    options = config.option
    if not is_worker(config):
        if getattr(options, "numprocesses", 0) is None and not options.tx and not options.collectonly:
            options.numprocesses = "auto"
        if getattr(options, "numprocesses", None) and options.dist == "no":
            options.dist = "worksteal"  # a test that hangs does not delay those behind it
    return (yield)


@pytest.hookimpl(optionalhook=True, wrapper=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> Generator[None, int, int]:
    """More workers than cores: a run mostly waits, for processes to start or to see that nothing happens. If it mostly
    imports, there are fewer."""
    cores = yield
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return cores
    usual = cores + min(2 * cores, 8)
    with contextlib.suppress(CannotJudge, KeyboardInterrupt):  # raised again when the run begins
        facts = probed(config)
        number, why = affordable(usual, cores, facts, total_memory())
        if number < usual:
            config.stash[FEWER] = [f"workers: {number} instead of {usual}: importing {facts.implementation} {why}"]
        return number
    return usual


def probed(config: pytest.Config) -> Facts:
    """The facts of the judged interpreter, asked once. Raises `CannotJudge`."""
    stash, option = config.stash, config.option
    if PROBED not in stash:
        try:
            stash[PROBED] = probe(option.python, option.implementation)
        except (CannotJudge, KeyboardInterrupt) as error:
            stash[PROBED] = error
    outcome = stash[PROBED]
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome


def affordable(usual: int, cores: int, facts: Facts, memory: int) -> tuple[int, str]:
    """How many workers, at most the usual number, can import the implementation all the time, and why no more.

    `memory` is that of the machine in bytes, 0 if it is unknown. Half of it is for others.
    """
    limits = [(usual, "costs little")]
    once = imports_once(facts)
    if facts.loading > HEAVY and not once:
        limits.append((cores, f"takes {facts.loading:.1f} s"))
    if facts.memory and memory:
        number = memory // 2 // ((SHARING if once else PROCESSES) * facts.memory)
        limits.append((max(1, number), f"takes {facts.memory >> 20:,} MiB"))
    return min(limits)


def imports_once(facts: Facts) -> bool:
    """Whether a worker imports the implementation once, in an interpreter that it forks main programs from."""
    return facts.spares_children and sys.platform == "linux" and facts.loading >= WORTH_IT


def total_memory() -> int:
    """The memory of this machine, in bytes; 0 if the system does not say."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 0


class Workers:
    """The workers of a run, as the controller sees them: a lifeline for all of them, a directory for their plans."""

    def __init__(self) -> None:
        self._supervisor = Supervisor(judged=False)
        self._lifeline = socket.create_server(("127.0.0.1", 0), backlog=1024)

    def input(self, given: Assignment) -> dict[str, Any]:
        """What a worker receives: data that pytest-xdist can send."""
        return {
            "assignment": pickle.dumps(given),
            "lifeline": self._lifeline.getsockname()[1],
            "plans": self._supervisor.directory,
        }

    def plan_of(self, worker: str) -> list[Verdict]:
        """The plan that a worker has written. Raises `OSError`."""
        text = _plan_file(self._supervisor.directory, worker).read_text(encoding="utf-8")
        return [Verdict.from_data(data) for data in json.loads(text)]

    def end(self) -> None:
        """Ends the workers immediately, whatever they are doing."""
        self._lifeline.close()

    def close(self) -> None:
        """Ends the workers and removes what they have written."""
        self.end()
        self._supervisor.close()


def _plan_file(directory: str, worker: str) -> Path:
    return Path(directory, f"plan of {worker}.json")


def received(config: pytest.Config) -> Assignment:
    """The assignment from the controller. From here on, this worker ends with its controller, even a killed one."""
    given = config.workerinput[INPUT]  # type: ignore[attr-defined]
    line = socket.create_connection(("127.0.0.1", given["lifeline"]))

    def wait() -> None:
        with contextlib.suppress(OSError):
            line.recv(1)
        os._exit(1)

    threading.Thread(target=wait, name="lifeline", daemon=True).start()
    assignment: Assignment = pickle.loads(given["assignment"])
    return assignment


def send_plan(config: pytest.Config, plans: Iterable[Verdict]) -> None:
    """Writes this worker's plan where its controller reads it. Raises `OSError`."""
    worker = config.workerinput  # type: ignore[attr-defined]
    text = json.dumps([vars(planned) for planned in plans])
    _plan_file(worker[INPUT]["plans"], worker["workerid"]).write_text(text, encoding="utf-8")
