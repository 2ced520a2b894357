"""Minimizing, with simulated queues: a history is the scenario itself, and a rule says which ones are broken."""

import dataclasses
import random

import pytest
from hypothesis import given
from hypothesis import strategies as some

from queuespec.explore.counterexample import Broken
from queuespec.explore.history import History
from queuespec.explore.minimize import FURTHER, Trial, minimized, smaller_than
from queuespec.explore.scenario import Operation, Part, Scenario
from queuespec.explore.schedule import Hold, Schedule

WRONG = Broken("it is wrong", "get.fifo", "wrong")
HELD = {"file": "multiprocessing/queues.py", "function": "put", "line": 96}

operations = some.builds(
    Operation,
    call=some.sampled_from(["put", "put_nowait", "get", "get_nowait", "qsize", "close"]),
    item=some.sampled_from(["", "a", "b"]),
    timeout=some.sampled_from([None, 0.05]),
    size=some.sampled_from([0, 70_000]),
    bad=some.booleans(),
)


@some.composite
def trials(draw):
    """Any scenario with holds of its own operations."""
    names = ["parent", "child 1", "child 1 thread 1", "child 2", "child 3"]
    actors = draw(some.lists(some.sampled_from(names), unique=True, min_size=1))
    parts = tuple(Part(actor, tuple(draw(some.lists(operations, max_size=6)))) for actor in actors)
    places = [(part.actor, number) for part in parts for number in range(len(part.operations))]
    held = draw(some.lists(some.sampled_from(places), max_size=2)) if places else []
    thens = [draw(some.sampled_from(["goes on", "kill"])) for _ in held]
    holds = tuple(Hold(actor, number, **HELD, then=then) for (actor, number), then in zip(held, thens))
    scenario = Scenario("Queue", "fork", parts, draw(some.integers(0, 3)))
    faults = draw(some.lists(some.sampled_from([f"stop {actor}" for actor in actors]), max_size=1))
    return Trial(scenario, Schedule(1, holds, tuple(faults)))


def run(scenario, schedule):
    return History(scenario, ())


def calls(history):
    return [one.call for part in history.scenario.parts for one in part.operations]


def minimal(trial, judge, enough=lambda: False, run=run):
    return minimized(run(*trial), judge(run(*trial), trial.schedule), trial.schedule, run, judge, enough)[0]


@given(trials(), some.lists(some.sampled_from(["put", "get", "close"]), min_size=1, max_size=3))
def test_what_is_left_is_what_it_needs(trial, needed):
    def judge(history, schedule):
        return WRONG if all(calls(history).count(one) >= needed.count(one) for one in needed) else None

    if judge(run(*trial), trial.schedule) is None:
        return
    found = minimal(trial, judge)

    assert sorted(calls(found.history)) == sorted(needed)
    assert found.schedule.holds == found.schedule.faults == ()
    assert found.history.scenario.maxsize == 0
    assert not any(
        one.bad or one.size or one.timeout for part in found.history.scenario.parts for one in part.operations
    )
    assert (found.shown, found.tried) == (FURTHER, FURTHER)


@given(trials())
def test_a_hold_that_is_needed_stays_at_its_operation(trial):
    def at(history, schedule):
        parts = {part.actor: part.operations for part in history.scenario.parts}
        return [parts[hold.actor][hold.operation].call for hold in schedule.holds]  # KeyError: of nobody

    def judge(history, schedule):
        return WRONG if "put" in at(history, schedule) else None

    if judge(run(*trial), trial.schedule) is None:
        return
    found = minimal(trial, judge)

    assert at(found.history, found.schedule) == calls(found.history) == ["put"]
    assert found.schedule.holds[0].then == "goes on"


@given(trials())
def test_each_step_is_smaller_and_well_formed(trial):
    def size(one):
        scenario, schedule = one
        all_operations = [each for part in scenario.parts for each in part.operations]
        numbers = sum(int(part.actor.split()[1]) for part in scenario.parts if part.actor != "parent")
        thens = sum(hold.then != "goes on" for hold in schedule.holds)
        fancy = sum(sum(map(bool, dataclasses.astuple(each)[2:])) for each in all_operations)
        fancy += sum("nowait" in each.call for each in all_operations)
        counts = len(scenario.parts) + len(all_operations) + len(schedule.holds) + len(schedule.faults)
        return counts + numbers + thens + fancy + {0: 0, 1: 0.1}.get(scenario.maxsize, 0.2)

    for one in smaller_than(trial):
        assert size(one) < size(trial)
        actors = [part.actor for part in one.scenario.parts]
        assert len(actors) == len({*actors})
        parts = {part.actor: part.operations for part in one.scenario.parts}
        assert all(hold.operation < len(parts[hold.actor]) for hold in one.schedule.holds)
        processes = {part.process for part in one.scenario.parts}
        assert all(fault.partition(" ")[2].partition(" thread")[0] in processes for fault in one.schedule.faults)


def some_trial():
    put, get = Operation("put", "a"), Operation("get")
    parts = (Part("parent", (put, get, get)), Part("child 1", (put, put)))
    return Trial(Scenario("Queue", "fork", parts, 2), Schedule(5))


def test_another_way_to_be_wrong_does_not_count():
    def judge(history, schedule):
        return WRONG if len(calls(history)) > 2 else dataclasses.replace(WRONG, cause="other")

    assert len(calls(minimal(some_trial(), judge).history)) == 3


@pytest.mark.parametrize("rate", [0.8, 0.3])
def test_what_shows_only_sometimes_is_minimized_and_its_rate_is_told(rate):
    chance = random.Random(3)

    def judge(history, schedule):
        return WRONG if "get" in calls(history) and chance.random() < rate else None

    trial = some_trial()
    found, minimal = minimized(run(*trial), WRONG, trial.schedule, run, judge, lambda: False)

    assert minimal
    assert calls(found.history) == ["get"]
    assert found.tried == FURTHER
    assert 0 < found.shown < FURTHER


def test_what_never_shows_again_stays_as_it_is():
    trial = some_trial()

    found, _ = minimized(run(*trial), WRONG, trial.schedule, run, lambda history, schedule: None, lambda: False)

    assert (found.history.scenario, found.schedule) == trial
    assert (found.shown, found.tried) == (0, FURTHER)


def test_it_ends_when_there_is_enough():
    answers = [False, False]

    def enough():
        return not answers or answers.pop()

    found = minimal(some_trial(), lambda history, schedule: WRONG, enough)

    assert 0 < len(calls(found.history)) < 5
    assert found.tried == FURTHER


def test_once_it_is_stopped_little_more_is_run():
    count = []

    def counting(scenario, schedule):
        count.append(1)
        return run(scenario, schedule)

    trial = some_trial()
    found, minimal = minimized(run(*trial), WRONG, trial.schedule, counting, lambda *_: WRONG, *[lambda: True] * 2)

    assert not minimal
    assert len(count) <= 2
    assert (found.history.scenario, found.tried) == (trial.scenario, 1)


def test_what_cannot_be_run_is_not_smaller():
    def runs(scenario, schedule):
        return run(scenario, schedule) if len(scenario.parts) == 2 else None

    assert len(minimal(some_trial(), lambda *_: WRONG, run=runs).history.scenario.parts) == 2
