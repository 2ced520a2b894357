"""pytest-xdist: the number of workers, what they receive and send, and how they end with the run.

A worker writes its plan to a file before it reports what it has collected, so the controller knows everything about a
test whose worker crashes.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import socket
import threading
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

import pytest

from queuespec.judge.planned import Assignment
from queuespec.results import Verdict
from queuespec.stage import Supervisor

INPUT = "queuespec"
"""The key of what a worker receives from its controller."""


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
    """More workers than cores: a run mostly waits, for processes to start or to see that nothing happens."""
    cores = yield
    return cores if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ else cores + min(2 * cores, 8)


class Workers:
    """The workers of a run, as the controller sees them: a lifeline for all of them, a directory for their plans."""

    def __init__(self) -> None:
        self._supervisor = Supervisor()
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
