"""The ways to make trouble, with lines that nobody visits: which runs they plan, and in which order."""

import dataclasses
import itertools
from collections import Counter

import pytest

from queuespec.explore.faults import POSSIBLE
from queuespec.explore.holding import IN_VAIN, SHARE, Holding
from queuespec.explore.minimize import Trial
from queuespec.explore.running import NotPlayed
from queuespec.explore.scattered import Scattered
from queuespec.explore.scenario import TASKS
from queuespec.explore.schedule import Hold, Schedule
from queuespec.explore.ways import Stress, ways_of


def lines(scenario):
    """Twenty lines of the last operation of each of the first two actors."""
    return [
        Hold(part.actor, len(part.operations) - 1, "multiprocessing/queues.py", part.operations[-1].call, number)
        for part in scenario.parts[:2]
        for number in range(20)
    ]


def calls(trial):
    first, second = (part.operations for part in trial.scenario.parts)
    return tuple(dataclasses.replace(one, item="") for one in (first[-1], *second))


def planned(count, kind="Queue", seed=1, lacks=frozenset(), lines=lines):
    return [*itertools.islice(Holding(kind, "fork", seed, lacks).trials(lines), count)]


def test_the_same_seed_plans_the_same():
    assert planned(300) == planned(300) != planned(300, seed=2)


def test_many_pairs_have_their_turn_before_one_has_many():
    first = planned(40 * SHARE)

    assert len({calls(trial) for trial in first}) >= 30
    assert max(len([*group]) for _, group in itertools.groupby(first, key=lambda trial: trial.scenario)) == SHARE


def test_a_queue_that_counts_tasks_is_explored_for_that():
    about = [any(one.call in TASKS for one in calls(trial)) for trial in planned(60 * SHARE, "JoinableQueue")]

    assert about.count(True) > len(about) / 2


def test_most_schedules_have_one_hold_and_go_on():
    trials = planned(60 * SHARE)
    single = [trial for trial in trials if len(trial.schedule.holds) == 1]

    assert len(single) > len(trials) / 2
    assert {trial.schedule.holds[0].then for trial in single} == {"goes on", "raise", "exit", "kill"}
    assert any(len(trial.schedule.holds) == 2 for trial in trials)


def test_the_parent_does_not_end():
    holds = [hold for trial in planned(300 * SHARE) for hold in trial.schedule.holds]

    assert {hold.then for hold in holds if hold.actor == "parent"} <= {"goes on", "raise"}


def test_without_python_code_there_is_nothing_to_hold():
    asked = []

    assert planned(1, lines=lambda scenario: asked.append(scenario) or []) == []
    assert len(asked) == IN_VAIN


def test_what_cannot_be_performed_is_left_out():
    asked = []

    def fails_at_first(scenario):
        asked.append(scenario)
        if len(asked) == 1:
            raise NotPlayed("it did not start")
        return lines(scenario)

    assert planned(1, lines=fails_at_first)[0].scenario == asked[1]


def test_coverage_counts_what_was_reached():
    way = Holding("Queue", "fork", 1)
    trials = [*itertools.islice(way.trials(lines), 3 * SHARE)]
    for number, trial in enumerate(trials):
        way.has_run(trial, trial.schedule.holds if number % 2 else ())

    met = way.coverage
    reached = {(hold.function, hold.line) for trial in trials[1::2] for hold in trial.schedule.holds[:1]}
    assert (met.schedules, met.pairs, len(met.held)) == (3 * SHARE, 3, len(reached))
    assert met.schedules_there_are > 3 * SHARE
    assert met.pairs_there_are > 100


def test_now_and_then_stress_injects_a_fault_into_a_child():
    trials = [*itertools.islice(Stress("Queue", "fork", 3, frozenset(), lambda: 1.0).trials(lines), 400)]
    faulty = [trial for trial in trials if trial.schedule.faults]

    assert 10 < len(faulty) < 150
    words = {fault.partition(" ")[0] for trial in faulty for fault in trial.schedule.faults}
    assert words == {*POSSIBLE}
    for trial in faulty:
        processes = {part.process for part in trial.scenario.parts}
        assert all(fault.partition(" ")[2] in processes - {"parent"} for fault in trial.schedule.faults)


def test_each_kind_and_start_method_has_all_ways():
    ways = ways_of(["Queue", "Manager.Queue"], ["fork", "spawn"], 1, ())

    assert Counter((type(way), way.kind, way.start_method) for way in ways) == dict.fromkeys(
        itertools.product((Stress, Scattered, Holding), ("Queue", "Manager.Queue"), ("fork", "spawn")), 1
    )
    shares = {(way.kind, way.start_method): way.share for way in ways}
    assert shares["Queue", "fork"] > shares["Queue", "spawn"] > shares["Manager.Queue", "spawn"]


@pytest.mark.parametrize("way", [Stress("Queue", "fork", 1, frozenset(), lambda: 1.0), Holding("Queue", "fork", 1)])
def test_a_way_counts_its_runs(way):
    trial = next(way.trials(lines))

    way.has_run(Trial(trial.scenario, trial.schedule if trial.schedule.holds else Schedule()), ())

    assert way.coverage.rounds + way.coverage.schedules == 1
