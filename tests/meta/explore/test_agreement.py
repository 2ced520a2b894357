"""The conditions and the search say the same, and both say what trying all orders says."""

import dataclasses
import itertools
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from simulated import play

from queuespec.explore.conditions import broken_conditions
from queuespec.explore.evidence import Evidence
from queuespec.explore.generate import CALLS, scenarios
from queuespec.explore.history import Ending, History, Step
from queuespec.explore.monitor import broken
from queuespec.explore.scenario import Operation, Part, Scenario
from queuespec.explore.search import stuck

UNKNOWN_TO_THE_MODEL = (
    "damaged",
    "failed put",
    "closed",
    "bad item accepted",
    "early Empty",
    "early Full",
    "exit code",
)
"""What only conditions judge: the model knows neither how long a call takes, nor what an item is made of, nor what a
process does after close(). Exceptions that no documentation names are of this kind too."""


ENOUGH = 16
"""How many calls a history has for which the search always comes to an end."""


def changed(history, chance):
    """The history with one of its outcomes changed."""
    ended = [number for number, step in enumerate(history.steps) if step.end is not None]
    if not ended:
        return history
    steps = list(history.steps)
    at = chance.choice(ended)
    step = steps[at]
    call = step.operation.call
    items = [one.operation.item for one in steps if one.operation.item]
    if call.startswith("get"):
        outcome, value = chance.choice([("raised", "Empty"), *(("returned", item) for item in items)])
    elif call.startswith("put"):
        outcome, value = ("raised", "Full") if step.outcome == "returned" else ("returned", None)
    elif call in ("empty", "full"):
        outcome, value = "returned", not step.value
    elif call == "qsize":
        outcome, value = "returned", chance.randrange(4)
    elif call == "task_done":
        outcome, value = ("raised", "ValueError") if step.outcome == "returned" else ("returned", None)
    else:
        outcome, value = step.outcome, step.value
    end = None if chance.random() < 0.1 else step.end
    if end is None:
        outcome, value = "", None
    steps[at] = dataclasses.replace(step, outcome=outcome, value=value, end=end)
    return dataclasses.replace(history, steps=tuple(steps))


@pytest.mark.parametrize("kind", CALLS)
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 1 << 30))
def test_what_a_condition_accuses_no_order_explains(kind, seed):
    """The other way round, the search accuses more: it knows of several promises at a time."""
    chance = random.Random(seed)
    for scenario in itertools.islice(scenarios(kind, "spawn", seed), 3):
        history, _forbidden = play(scenario, chance)
        history = changed(history, chance)
        evidence = Evidence(history)
        found = next(broken_conditions(evidence), None)

        if found is not None and found.cause not in UNKNOWN_TO_THE_MODEL and " raised " not in found.cause:
            given_up = evidence.spoiled < 1 << 62 or len(evidence.calls) > ENOUGH
            assert given_up or stuck(evidence) is not None, (found, history)


def explained(history, maxsize):
    """Whether some order of the calls, which all have ended, explains them: each of them is tried."""
    steps = history.steps
    for order in itertools.permutations(range(len(steps))):
        place = {number: at for at, number in enumerate(order)}
        if any(
            steps[one].end < steps[other].begin and place[one] > place[other]
            for one, other in itertools.permutations(range(len(steps)), 2)
        ):
            continue
        queue = []
        if all(_performed(steps[number], queue, maxsize) for number in order):
            return True
    return False


def _performed(step, queue, maxsize):
    full = bool(maxsize) and len(queue) >= maxsize
    call = step.operation.call
    if call == "put_nowait":
        if step.outcome == "raised":
            return full
        queue.append(step.operation.item)
        return not full
    if call == "get_nowait":
        return not queue if step.outcome == "raised" else bool(queue) and queue.pop(0) == step.value
    return step.value == {"qsize": len(queue), "empty": not queue, "full": full}[call]


@settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 1 << 30))
def test_the_monitor_of_a_direct_queue_says_what_trying_all_orders_says(seed):
    chance = random.Random(seed)
    maxsize = chance.choice((0, 1, 2))
    steps, items, times = [], [], {"child 1": 0, "child 2": 0, "child 3": 0}
    for number in range(chance.randint(2, 6)):
        actor = chance.choice(tuple(times))
        begin = times[actor] + chance.randint(1, 10)
        times[actor] = end = begin + chance.randint(1, 12)
        if chance.random() < 0.5 or not items:
            operation = Operation("put_nowait", f"i{number}")
            raised = bool(maxsize) and chance.random() < 0.25
            items += [] if raised else [f"i{number}"]
            outcome = ("raised", "Full") if raised else ("returned", None)
        elif chance.random() < 0.7:
            operation = Operation("get_nowait")
            outcome = ("raised", "Empty") if chance.random() < 0.2 else ("returned", chance.choice(items))
        else:
            operation = Operation(chance.choice(("qsize", "empty", "full")))
            outcome = ("returned", chance.randint(0, 2) if operation.call == "qsize" else chance.random() < 0.5)
        steps.append(Step(actor, operation, begin, end, *outcome))
    steps.sort(key=lambda step: step.begin)
    parts = tuple(Part(actor, tuple(one.operation for one in steps if one.actor == actor)) for actor in times)
    endings = tuple(Ending(actor, time, 100, 0) for actor, time in times.items())
    history = History(Scenario("Manager.Queue", "spawn", parts, maxsize), tuple(steps), endings)

    assert (broken(history) is None) == explained(history, maxsize), history
