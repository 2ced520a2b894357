"""The scenarios that are made up come to their ends, and meet what the queue has."""

import functools
import itertools
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from simulated import play

from queuespec.explore.evidence import NEVER, Evidence
from queuespec.explore.generate import CALLS, pairs, scenarios
from queuespec.explore.scenario import ENDS, START, Scenario


def operations(scenario):
    return [operation for part in scenario.parts for operation in part.operations]


def calls(scenario):
    return tuple(part.operations[-1].call for part in scenario.parts)


@functools.cache
def made(kind, seed=1, lacks=frozenset()):
    return list(itertools.islice(scenarios(kind, "fork", seed, lacks), 200))


@pytest.mark.parametrize("kind", CALLS)
def test_scenarios_meet_all_that_a_queue_has(kind):
    everything = {operation.call for scenario in made(kind) for operation in operations(scenario)}

    assert everything == {*CALLS[kind], *ENDS, START} - {"return"}
    assert any(operation.size for scenario in made(kind) for operation in operations(scenario))


@pytest.mark.parametrize("kind", CALLS)
def test_scenarios_are_small_and_their_items_distinct(kind):
    for scenario in made(kind):
        items = [operation.item for operation in operations(scenario) if operation.call.startswith("put")]
        assert len({*items}) == len(items)
        assert len({part.actor for part in scenario.parts}) == len(scenario.parts) <= 4
        assert all(part.process in {one.actor for one in scenario.parts} for part in scenario.parts), scenario
        assert len(operations(scenario)) > 0
        assert Scenario.of_json(scenario.as_json()) == scenario


@pytest.mark.parametrize("kind", CALLS)
def test_few_scenarios_have_many_operations(kind):
    sizes = sorted(len(operations(scenario)) for scenario in made(kind))

    assert sizes[:180][-1] <= 60
    assert sizes[-1] >= 120


def test_the_same_seed_makes_the_same_scenarios():
    assert made("Queue", 7) == made("Queue", 7)
    assert made("Queue", 7) != made("Queue", 8)


def test_scenarios_do_without_what_the_queue_lacks():
    lacks = frozenset({"put_nowait", "get_nowait", "timeout", "close", "full", "kill", "threads", "maxsize"})
    for scenario in made("JoinableQueue", lacks=lacks):
        assert not lacks & {operation.call for operation in operations(scenario)}
        assert scenario.maxsize == 0
        assert all(operation.timeout is None for operation in operations(scenario))
        assert not any(" thread" in part.actor for part in scenario.parts)
    assert not made("Queue", lacks=frozenset({"Queue"}))
    assert not [*pairs("Queue", "fork", {"Queue"})]


@pytest.mark.parametrize("kind", CALLS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 1 << 30))
def test_a_right_queue_brings_each_scenario_to_its_end(kind, seed):
    """Unless a process ends in the middle of its use of the queue: so what still runs at the end is a finding."""
    for scenario in itertools.islice(scenarios(kind, "spawn", seed), 3):
        history, _forbidden = play(scenario, random.Random(seed))
        evidence = Evidence(history)

        assert evidence.spoiled < NEVER or (not evidence.alive and not [*evidence.hung()]), history


@pytest.mark.parametrize("kind", CALLS)
def test_pairs_are_of_all_that_a_queue_has(kind):
    found = [*pairs(kind, "fork")]

    assert len({*found}) == len(found)
    assert {len(scenario.parts) for scenario in found} == {2}
    held = {calls(scenario)[0] for scenario in found}
    assert held == {*CALLS[kind]}
    assert any(calls(scenario) == ("join", "task_done") for scenario in found) == ("join" in CALLS[kind])


def test_two_that_want_the_last_place_or_item_come_first():
    first = {(*calls(one), one.maxsize) for one in [*pairs("Queue", "fork")][:8]}

    assert {("put_nowait", "put_nowait", 1), ("get_nowait", "get_nowait", 0)} <= first
