"""What is no queue for several processes is refused by one sentence; what hangs or is wrong is judged."""

import dataclasses
import time

import pytest
import runs
from runs import METHOD, METHODS

from queuespec.judge import smoke
from queuespec.judge.options import CannotJudge
from queuespec.stage import Settings

REFUSED = [
    ("queue:Queue", "fork", "is not shared between processes: a child gets what it puts, and its parent does not"),
    ("queue:Queue", "spawn", "cannot be passed to a child process under spawn: "),
    ("multiprocessing.dummy:Queue", "fork", "is not shared between processes"),
    ("no_queues:OfEachProcess", "spawn", "is not shared between processes"),
    ("no_queues:WantsAName", METHOD, "cannot be created: TypeError("),
    ("no_queues:WithoutABroker", METHOD, "cannot be created: ConnectionRefusedError('no broker at port 6379')"),
    ("no_queues:GetsAsync", METHOD, "is for asyncio, not for processes: get() returned a coroutine"),
]
"""Implementations, start methods, and what is said."""


@pytest.fixture
def settings(monkeypatch):
    """What to judge: the implementations of these tests can be imported."""
    monkeypatch.setenv("PYTHONPATH", str(runs.META / "implementations"))
    return Settings("", runs.judged_python, ())


def check(settings, implementation, method):
    """Whether an implementation is refused; if not, how long the check took."""
    begun = time.monotonic()
    smoke.refuse_what_is_no_queue(dataclasses.replace(settings, implementation=implementation), method, ())
    return time.monotonic() - begun


@pytest.mark.parametrize(("implementation", "method", "words"), [row for row in REFUSED if row[1] in METHODS])
def test_what_is_no_queue_for_processes_is_refused(settings, implementation, method, words):
    with pytest.raises(CannotJudge) as refused:
        check(settings, implementation, method)

    assert str(refused.value).startswith(f"--implementation: the Queue of '{implementation}' {words}")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", ["Works", "Loses", "DiesInGet"])
def test_what_only_misbehaves_is_judged(settings, monkeypatch, name, method):
    if name == "Loses":
        monkeypatch.setattr(smoke, "PATIENCE", 1.0)

    check(settings, f"no_queues:{name}", method)


@pytest.mark.parametrize("implementation", ["multiprocessing", "fault:lifo", "better:flushes-in-put"])
def test_our_own_need_no_check(settings, monkeypatch, implementation):
    monkeypatch.delattr(smoke, "Stage")

    check(settings, implementation, METHOD)


def test_the_command_refuses_before_anything_is_judged(judge):
    env = {"PYTHONPATH": str(runs.META / "implementations")}

    run = judge("--implementation", "no_queues:Async", env=env)

    assert "ERROR: --implementation: the Queue of 'no_queues:Async' is for asyncio, not for processes" in run.output
    assert (run.status, run.verdicts) == (4, [])


def test_collecting_needs_no_queue(judge):
    env = {"PYTHONPATH": str(runs.META / "implementations")}

    run = judge("--implementation", "no_queues:Async", "--collect-only", "--rule", "get.blocks-when-empty", env=env)

    assert run.status == 0, run.output


@pytest.mark.parametrize(("name", "least", "most"), [("far_away:Queue", 0.06, 0.5), ("no_queues:Loses", 0.0, 0.0)])
def test_how_long_an_item_takes_is_measured(settings, name, least, most):
    about = dataclasses.replace(settings, implementation=name)

    assert least <= smoke.refuse_what_is_no_queue(about, METHOD, ()) <= most


def test_a_role_may_take_as_long_as_its_many_items(judge):
    """Some 140 items, which take at least four seconds, and so more than patience."""
    env = {"PYTHONPATH": str(runs.META / "implementations")}

    run = judge("--implementation", "far_away:Queue", "--patience", "3", "--rule", "payload.every-size", env=env)

    assert run.words("payload.every-size") == {"conforms", "unsupported"}, run.output
