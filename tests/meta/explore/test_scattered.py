"""Made-up scenarios of which an actor is held somewhere, with lines that nobody visits."""

import itertools
from collections import Counter

import pytest

from queuespec.explore.generate import CALLS
from queuespec.explore.places import Places, is_own, scouts
from queuespec.explore.progress import ends_for_certain
from queuespec.explore.running import NotPlayed
from queuespec.explore.scattered import MOST, OWN, Scattered
from queuespec.explore.schedule import GOES_ON, Hold
from queuespec.explore.ways import OTHERS, ways_of


def visits(*files):
    """The lines of each operation: ten in each of these files."""

    def lines(scenario):
        return [
            Hold(part.actor, number, file, operation.call, line)
            for part in scenario.parts
            for number, operation in enumerate(part.operations)
            for file in files
            for line in range(10)
        ]

    return lines


STANDARD, OWN_FILE = "multiprocessing/queues.py", "mine/queues.py"


def planned(count, lines, seed=1, lacks=frozenset()):
    way = Scattered(Places("Queue", lacks), "fork", seed, lacks)
    return [*itertools.islice(way.trials(lines), count)]


@pytest.mark.parametrize("kind", CALLS)
def test_scouts_make_all_calls_and_come_to_their_ends(kind):
    made = [*scouts(kind, "fork")]

    calls = {operation.call for scenario in made for part in scenario.parts for operation in part.operations}
    assert calls == {*CALLS[kind]}
    assert all(ends_for_certain(scenario) for scenario in made)
    assert not [*scouts(kind, "fork", frozenset({"put", "put_nowait"}))]


def test_the_same_seed_plans_the_same():
    assert planned(50, visits(STANDARD)) == planned(50, visits(STANDARD)) != planned(50, visits(STANDARD), seed=2)


def test_each_run_has_a_hold_at_a_line_of_the_operation_that_is_held():
    for scenario, schedule in planned(200, visits(STANDARD)):
        programs = {part.actor: part.operations for part in scenario.parts}
        assert schedule.holds
        assert all(programs[hold.actor][hold.operation].call == hold.function for hold in schedule.holds)
        assert sum(map(len, programs.values())) <= MOST


def test_most_runs_have_one_hold_and_go_on():
    holds = [schedule.holds for _, schedule in planned(300, visits(STANDARD))]

    assert 200 < sum(len(one) == 1 and one[0].then == GOES_ON for one in holds) < 290
    assert {hold.then for one in holds for hold in one} == {"goes on", "raise", "exit", "kill"}
    assert all(hold.then in (GOES_ON, "raise") for one in holds for hold in one if hold.actor.startswith("parent"))
    assert any(len({hold.actor for hold in one}) == 2 for one in holds)


def test_each_line_has_its_turn():
    held = Counter((hold.function, hold.line) for _, one in planned(600, visits(STANDARD)) for hold in one.holds)

    assert len(held) == 10 * len(CALLS["Queue"])


def test_the_implementations_own_lines_have_their_share():
    files = Counter(one.holds[0].file for _, one in planned(400, visits(OWN_FILE, *[STANDARD] * 9)))

    assert files[OWN_FILE] > 0.8 * OWN * 400


@pytest.mark.parametrize("file", ["python/broken.py", "lib/broken.py", "multiprocessing/queue.py"])
def test_whatever_its_directory_is_called_a_module_is_the_implementations_own(file):
    assert is_own(file)
    assert not is_own("multiprocessing/queues.py")


def test_without_python_code_there_is_nothing_to_hold():
    assert planned(1, lambda scenario: []) == []


def test_what_cannot_be_performed_shows_no_lines():
    def fails(scenario):
        raise NotPlayed("it did not start")

    assert planned(1, fails) == []


def test_kinds_of_the_standard_library_have_less_time_beside_others():
    ways = ways_of(["Queue", "JoinableQueue"], ["fork"], 1, ())
    before = {way.kind: way.share for way in ways}
    for way in ways:
        next(way.trials(visits(OWN_FILE if way.kind == "Queue" else STANDARD)))

    after = {way.kind: way.share for way in ways}
    assert after == {"Queue": before["Queue"], "JoinableQueue": before["JoinableQueue"] * OTHERS}


def test_a_run_counts():
    way = Scattered(Places("Queue"), "fork", 1, frozenset())
    trials = [*itertools.islice(way.trials(visits(STANDARD)), 4)]
    for number, trial in enumerate(trials):
        way.has_run(trial, trial.schedule.holds if number else ())

    met = way.coverage
    assert (met.rounds, met.schedules, met.schedules_there_are) == (0, 4, 4)
    assert met.held == {(hold.file, hold.function, hold.line) for _, one in trials[1:] for hold in one.holds[:1]}
    assert met.held < met.lines
