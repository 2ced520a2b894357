"""Whatever the queue does, it costs one verdict: a call that blocks for ever hangs, a process that dies crashes."""

import os
import re
from pathlib import Path

import pytest
from runs import ACCUSING, rest

PATIENCE = 3.0

CHILD = "get.blocks-when-empty"
"""A rule that puts in the parent, gets in a child."""
ALONE = "get.nowait-equivalent"
"""A rule that calls nothing but get_nowait, in the parent."""
TWO = "order.fifo-in-process"
"""A rule that puts and gets in the parent."""

HIT_BY = {
    "put": {CHILD, TWO},
    "get": {CHILD, TWO},
    "get_nowait": {ALONE},
    "constructor": {CHILD, ALONE, TWO},
    "start": {CHILD},
    "pickling": {CHILD},
    "unpickling": {CHILD},
}

DEATHS = {"exit": "died with exit code 7", "kill": "died of signal 9 (SIGKILL)", "segfault": "died of signal 11"}


@pytest.fixture
def break_queue(judge):
    """Judges a queue that breaks at this place in this way; the run, and its verdict words by rule."""

    def run(place, way, patience=PATIENCE):
        # An object is pickled for a child only where processes are not forked.
        method = "spawn" if place in ("pickling", "unpickling") else ACCUSING
        rules = [word for slug in (CHILD, ALONE, TWO) for word in ("--rule", slug)]
        folder = Path(__file__).parents[1] / "implementations"
        run = judge(
            *(
                "--implementation",
                "breaking",
                "--start-method",
                method,
                "--patience",
                patience,
                "-k",
                f"{method}-Queue",
                "-v",
                *rules,
            ),
            env={"BREAKING": f"{place}:{way}", "PYTHONPATH": str(folder)},
        )
        assert len(run.verdicts) == 3, run.output
        return run

    return run


STARTING = 10.0
"""How long the processes of a rule may take to start and to end where patience is two seconds, in seconds."""


def most_for(verdict):
    """The seconds that a verdict may take on this machine: a hang tells how long it was waited for."""
    waited = re.search(r"after ([\d.]+) s", verdict["explanation"])
    waited = float(waited[1]) if waited else 2.0
    return waited + STARTING * max(1.0, waited / 2.0)


HANGS = [(place, way) for place in sorted(HIT_BY) for way in ("lock", "c")]


@pytest.mark.parametrize(
    ("place", "way"),
    rest(HANGS, [("get", "c"), ("unpickling", "lock")], words=True),
)
def test_what_blocks_for_ever_hangs_the_rules_concerned_in_time_and_no_other(break_queue, place, way):
    run = break_queue(place, way, patience=2.0)

    words = {verdict["rule"]: verdict["verdict"] for verdict in run.verdicts}
    assert words == {slug: "hangs" if slug in HIT_BY[place] else "conforms" for slug in words}, run.output
    assert [verdict for verdict in run.verdicts if verdict["seconds"] > most_for(verdict)] == []
    assert f"in {'wait_in_c' if way == 'c' else 'hang_in_a_lock'}" in run.output
    assert run.status == 1


@pytest.mark.parametrize("way", rest(sorted(DEATHS), ("kill",)))
@pytest.mark.parametrize("place", rest(sorted(HIT_BY), ("pickling", "start")))
def test_an_actor_that_dies_crashes_the_rules_concerned_at_once_and_no_other(break_queue, place, way):
    if way == "kill" and os.name != "posix":
        pytest.skip("there are no signals to die of here")
    run = break_queue(place, way)

    words = {verdict["rule"]: verdict["verdict"] for verdict in run.verdicts}
    assert words == {slug: "crashes" if slug in HIT_BY[place] else "conforms" for slug in words}, run.output
    assert max(verdict["seconds"] for verdict in run.verdicts) < PATIENCE
    for verdict in run.verdicts:
        if verdict["verdict"] == "crashes" and os.name == "posix":
            assert DEATHS[way] in verdict["explanation"]
