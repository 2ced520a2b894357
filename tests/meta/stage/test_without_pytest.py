"""The stage stands on its own: whoever judges a queue with it needs no pytest."""

import subprocess
import sys

import pytest
from runs import CHECKOUT, METHOD, environment

PROGRAM = """
import contextlib
import sys

sys.modules.update(pytest=None, _pytest=None)
from queuespec.stage import Failure, Settings, Stage, Supervisor

with contextlib.closing(Supervisor()) as supervisor:
    stage = Stage(Settings(sys.argv[1], sys.executable, (), patience=30.0), sys.argv[2], supervisor)
    queue = stage.make_queue("Queue")
    child = stage.make_child(queue)
    try:
        getting = child.calls.get()
        getting.stays_blocked()
        queue.put("late")
        print(getting.returns())
    except Failure as failure:
        print(f"{failure.verdict}: {failure}")
    print(stage.timeline)
    stage.end()
"""


def judged(implementation):
    """What the program prints of a queue."""
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, implementation, METHOD],
        env=environment(PYTHONPATH=str(CHECKOUT / "src")),
        stdout=subprocess.PIPE,
        check=True,
        text=True,
        timeout=60,
    ).stdout


@pytest.mark.parametrize(
    ("implementation", "first"),
    [("multiprocessing", "late"), ("fault:never-waits", "deviates: get() did not block: it raised Empty()")],
)
def test_a_queue_is_judged_where_pytest_cannot_be_imported(implementation, first):
    output = judged(implementation)

    assert output.splitlines()[0] == first
    assert "child      get()  " in output
