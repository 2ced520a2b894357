"""A manager, too, ends with the run that started it: the one that a stage keeps, and those of a test's own."""

import multiprocessing

import pytest
from runs import METHOD
from test_nothing_left_behind import OF_MANAGERS


def test_after_a_run_of_a_manager_that_never_ends(run):
    watched = run(
        "--implementation", "fault:manager-never-ends", "--start-method", METHOD, *OF_MANAGERS, parallel=False
    )

    watched.is_gone()
    assert watched.process.returncode == 1


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="the fault needs fork")
def test_after_the_judge_is_killed_while_a_client_of_the_manager_waits(run):
    fault = ("--implementation", "fault:manager-serves-one-at-a-time", "--patience", "100", "--start-method", "fork")
    watched = run(*fault, "--rule", "manager.blocked-get-does-not-stall", parallel=False)
    watched.has_started(["judge", "reaper", "parent", "manager", "child"])

    watched.process.kill()

    watched.is_gone()
