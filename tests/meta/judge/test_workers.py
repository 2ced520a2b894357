"""How many workers there are: fewer if importing the implementation takes much, and the run says why."""

import os
import re
import sys

import pytest
from runs import META, asked, environment, facts_of

from queuespec.judge import workers

GIB = 1 << 30
SLOW = ("--implementation", "slow_import")
ENV = {"PYTHONPATH": str(META / "implementations")}


def test_an_import_that_costs_little_changes_nothing():
    facts = facts_of("Linux", (3, 13, 0), loading=0.9, memory=1 << 20)

    assert workers.affordable(12, 4, facts, 16 * GIB) == (12, "costs little")


@pytest.mark.parametrize(
    ("taken", "machine", "expected"),
    [
        ({"loading": 4.13}, 64, (4, "takes 4.1 s")),
        ({"memory": GIB}, 64, (4, "takes 1,024 MiB")),
        ({"memory": GIB, "loading": 4.13}, 16, (1, "takes 1,024 MiB")),
        ({"memory": 9 * GIB}, 16, (1, "takes 9,216 MiB")),
        ({"memory": 9 * GIB}, 0, (12, "costs little")),
    ],
)
def test_a_heavy_import_leaves_fewer(taken, machine, expected):
    facts = facts_of("Linux", (3, 13, 0), **taken)

    assert workers.affordable(12, 4, facts, machine * GIB) == expected


@pytest.mark.skipif(sys.platform != "linux", reason="programs are preloaded on Linux only")
def test_an_import_that_main_programs_share_costs_memory_alone():
    facts = facts_of("Linux", (3, 13, 0), loading=4.13, memory=GIB, spares_children=True)

    assert workers.affordable(12, 4, facts, 64 * GIB) == (12, "costs little")
    assert workers.affordable(12, 4, facts, 16 * GIB) == (4, "takes 1,024 MiB")


def test_the_memory_of_this_machine_is_known_where_the_system_says_it():
    assert workers.total_memory() > GIB // 4 or os.name != "posix"


def test_a_run_says_why_it_has_fewer_workers(judge, monkeypatch):
    env = environment(**ENV)
    env.pop("PYTEST_XDIST_AUTO_NUM_WORKERS")
    monkeypatch.setattr("runs.environment", lambda **_: env)

    run = judge(*SLOW, *asked(["order.fifo-in-process"]), parallel=True)

    number, usual, seconds = re.search(
        r"^workers: (\d+) instead of (\d+): importing slow_import takes (.*) s$", run.output, re.MULTILINE
    ).groups()
    assert f"created: {number}/{number} worker" in run.output
    assert int(number) < int(usual)
    assert float(seconds) >= 2


@pytest.mark.parametrize("chosen", [("-n", "3"), ()], ids=["option", "variable"])
def test_a_number_that_somebody_has_chosen_stays(judge, chosen):
    env = ENV if chosen else {**ENV, "PYTEST_XDIST_AUTO_NUM_WORKERS": "3"}

    run = judge(*SLOW, *asked(["order.fifo-in-process"]), *chosen, parallel=True, env=env)

    assert run.status == 0, run.output
    assert "created: 3/3 workers" in run.output
    assert "instead of" not in run.output


def test_what_starts_a_process_has_time_for_the_import_on_top_of_patience(judge):
    rules = ("share.kwargs", "share.pool-initializer", "deliver.child-to-child")

    run = judge(*SLOW, "--patience", "1.7", *asked(rules, ["spawn"]), "-k", "spawn-Queue", env=ENV)

    assert {slug: run.words(slug) for slug in rules} == {slug: {"conforms"} for slug in rules}
    assert run.status == 0, run.output
