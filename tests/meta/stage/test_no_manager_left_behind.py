"""A manager, too, ends with the run that started it: the one that a stage keeps, and those of a test's own."""

import contextlib
import multiprocessing
import tempfile
from pathlib import Path

import psutil
import pytest
from runs import METHOD, command
from test_nothing_left_behind import OF_MANAGERS, SHORT, Watched


@pytest.fixture
def run():
    started = []
    with tempfile.TemporaryDirectory(prefix="q", dir=SHORT) as directory:

        def start(*options, parallel=False):
            started.append(Watched(Path(directory), command(*options, parallel=parallel)))
            return started[-1]

        yield start
        for process in [process for one in started for process in one.processes()]:
            with contextlib.suppress(psutil.Error):
                process.kill()


def test_after_a_run_of_a_manager_that_never_ends(run):
    watched = run("--implementation", "fault:manager-never-ends", "--start-method", METHOD, *OF_MANAGERS)

    watched.is_gone()
    assert watched.process.returncode == 1


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="the fault needs fork")
def test_after_the_judge_is_killed_while_a_client_of_the_manager_waits(run):
    fault = ("--implementation", "fault:manager-serves-one-at-a-time", "--patience", "100", "--start-method", "fork")
    watched = run(*fault, "--rule", "manager.blocked-get-does-not-stall")
    watched.has_started(["judge", "reaper", "parent", "manager", "child"])

    watched.process.kill()

    watched.is_gone()
