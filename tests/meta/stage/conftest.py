"""Stages that the tests ask themselves, without a run of the specification."""

import contextlib
import tempfile
from pathlib import Path

import pytest
import runs
from stages import METHODS, PATH
from watching import SHORT, Watched

from queuespec.stage import Settings, Stage, Supervisor


@pytest.fixture(scope="module")
def supervisor():
    with contextlib.closing(Supervisor()) as supervisor:
        yield supervisor


@pytest.fixture
def new_stage(supervisor):
    """Starts a stage of this start method, which ends with the test as with a run: by itself, if it is clean."""
    with contextlib.ExitStack() as ends:

        def start(method, implementation="multiprocessing", **others):
            others = {"python": runs.judged_python, "path": PATH, "patience": 20.0, **others}
            stage = Stage(Settings(implementation, **others), method, supervisor)
            ends.callback(stage.leave)
            ends.callback(stage.tidy)
            return stage

        yield start


@pytest.fixture(params=runs.rest(METHODS, ("fork", "spawn")))
def a_stage(request, new_stage):
    """A stage of each start method; of forkserver in thorough runs only."""
    return new_stage(request.param)


@pytest.fixture
def run():
    """Starts a run that leaves nothing behind: ``run("--rule", slug, parallel=True)``."""
    started = []
    with tempfile.TemporaryDirectory(prefix="q", dir=SHORT) as directory:

        def start(*options, parallel, env=(), words=None):
            started.append(Watched(Path(directory), words or runs.command(*options, parallel=parallel), env))
            return started[-1]

        yield start
        for one in started:
            for process in one.processes():
                process.kill()
