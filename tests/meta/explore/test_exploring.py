"""The loop of exploring, with simulated ways and a clock that moves with each run."""

import contextlib
import itertools
import threading
from collections import Counter

import pytest

from queuespec.explore.counterexample import Broken
from queuespec.explore.coverage import Coverage
from queuespec.explore.exploring import CHUNK, GRACE, IN_VAIN, Exploring
from queuespec.explore.history import History
from queuespec.explore.minimize import Trial
from queuespec.explore.running import NotPlayed
from queuespec.explore.scenario import Operation, Part, Scenario
from queuespec.explore.schedule import Schedule


class Way:
    """Scenarios with numbers, up to the last."""

    def __init__(self, kind, method, last):
        self.kind, self.start_method, self.last = kind, method, last
        self.share = 1.0
        self.rounds = 0

    def trials(self, lines):
        for number in itertools.count(1) if self.last is None else range(1, self.last + 1):
            parts = (Part("parent", (Operation("put", f"p-{number}"),) * 2), Part("child 1", (Operation("get"),)))
            yield Trial(Scenario(self.kind, self.start_method, parts, number), Schedule(number))

    def has_run(self, trial, reached):
        self.rounds += 1

    @property
    def coverage(self):
        return Coverage(self.rounds)


class World:
    """Ways, and a player for whom a run takes so many seconds; `fails` says what cannot be performed."""

    def __init__(self, *places, last=None, fails=lambda scenario: "", takes=0.1):
        self.now, self.takes = 0.0, takes
        self.ran = Counter()
        self.fails = fails
        self.ways = [Way(*place, last) for place in places]

    held = ()

    def run(self, scenario, schedule):
        self.now += self.takes
        self.ran[scenario.kind, scenario.start_method] += 1
        if self.fails(scenario):
            raise NotPlayed(self.fails(scenario))
        return History(scenario, ())

    def runs(self, planned):
        for trial in planned:
            with contextlib.suppress(NotPlayed):
                yield (*trial, self.run(*trial))

    def explores(self, judge=lambda *_: None, seconds=60.0, runs=None):
        return Exploring(self.ways, judge, seconds, runs, lambda: self.now)


PLACES = (("Queue", "fork"), ("Queue", "spawn"), ("SimpleQueue", "fork"))


def broken(cause="lost"):
    return Broken(f"{cause} is broken", "get.fifo", cause)


def test_each_way_has_its_share_of_the_time():
    world = World(*PLACES)
    world.explores().follow(world)

    assert 60 <= world.now < 61
    assert all(180 <= world.ran[place] <= 220 for place in PLACES)


def test_a_way_may_have_a_larger_share():
    world = World(*PLACES)
    world.ways[0].share = 4.0
    world.explores().follow(world)

    assert [round(world.ran[place], -2) for place in PLACES] == [400, 100, 100]


def test_a_number_of_rounds_is_divided_too_and_the_same_each_time():
    seen = []
    for _ in range(2):
        world = World(*PLACES)
        exploring = world.explores(lambda history, schedule: seen.append((history, schedule)), None, 31)
        exploring.follow(world)
        assert exploring.done == 31
        assert max(world.ran.values()) - min(world.ran.values()) <= CHUNK

    assert seen[:31] == seen[31:]


def test_what_comes_to_its_end_leaves_the_time_to_others():
    world = World(*PLACES)
    world.ways[0].last = 7
    world.explores(runs=100).follow(world)

    assert world.ran[PLACES[0]] == 7
    assert sum(world.ran.values()) == 100


def test_nothing_is_left_when_all_ways_have_come_to_their_ends():
    world = World(*PLACES, last=3)
    world.explores().follow(world)

    assert sum(world.ran.values()) == 9


def test_what_is_wrong_in_the_same_way_is_one_finding_with_a_count():
    def judge(history, schedule):
        scenario = history.scenario
        if scenario.kind == "SimpleQueue":
            return broken("order") if scenario.parts else None
        return broken("lost" if scenario.parts and scenario.maxsize % 2 else "order") if scenario.parts else None

    world = World(*PLACES)
    exploring = world.explores(judge, None, 3 * CHUNK)
    exploring.follow(world)

    assert {*exploring.findings} == {("lost", "Queue"), ("order", "Queue"), ("order", "SimpleQueue")}
    assert exploring.findings["order", "Queue"].counts == {"fork": 4, "spawn": 4}
    for finding in exploring.findings.values():
        assert finding.settled
        assert finding.minimal
        assert len(finding.counterexample.history.scenario.parts) == 1
        assert finding.counterexample.shown == finding.counterexample.tried == 10


def test_nothing_is_kept_of_rounds():
    def judge(history, schedule):
        return broken()

    world = World(PLACES[0])
    exploring = world.explores(judge, None, 500)
    exploring.follow(world)

    (finding,) = exploring.findings.values()
    assert finding.counts == {"fork": 500}
    assert [name for name, value in vars(exploring).items() if hasattr(value, "__len__") and len(value) > 1] == []


def test_no_run_begins_after_the_time_is_over():
    world = World(*PLACES, takes=12.7)
    world.explores(seconds=10.0).follow(world)

    assert world.now == 12.7


def test_what_is_found_last_is_made_smaller_for_a_moment_only():
    world = World(PLACES[0], takes=1.0)
    exploring = world.explores(lambda *_: broken() if world.now > 9 else None, 10.0)
    exploring.follow(world)

    assert world.now <= 10 + GRACE + world.takes
    (finding,) = exploring.findings.values()
    assert (finding.settled, finding.minimal) == (True, False)
    assert 0 < finding.counterexample.tried < 10


def test_what_takes_long_to_run_has_the_time_to_become_small():
    world = World(PLACES[0], takes=5.0)
    exploring = world.explores(lambda history, schedule: broken() if history.scenario.parts else None, 120.0)
    exploring.follow(world)

    (finding,) = exploring.findings.values()
    assert finding.minimal
    assert len(finding.counterexample.history.scenario.parts) == 1


@pytest.mark.parametrize("number", [1, 2, 5])
def test_nothing_is_believed_of_runs_whose_processes_are_ended(number):
    def judge(history, schedule):
        return broken() if sum(world.ran.values()) >= number else None

    def fails(scenario):
        if sum(world.ran.values()) == number:
            exploring.abandon()  # as the main thread does when the run takes too long
        return ""

    world = World(PLACES[0], fails=fails)
    exploring = world.explores(judge)
    exploring.follow(world)

    assert exploring.findings == {}
    assert sum(world.ran.values()) == number


def test_a_run_that_is_ended_does_not_count_as_one_that_shows_nothing():
    def fails(scenario):
        if sum(world.ran.values()) == CHUNK + 2:
            exploring.abandon()
        return ""

    world = World(PLACES[0], fails=fails)
    exploring = world.explores(lambda *_: broken())
    exploring.follow(world)

    (finding,) = exploring.findings.values()
    assert not finding.minimal
    assert (finding.counterexample.shown, finding.counterexample.tried) == (1, 1)


def test_it_stops_where_it_is():
    world = World(*PLACES)
    exploring = world.explores(lambda *_: exploring.stop() or broken())
    exploring.follow(world)

    assert exploring.coverage.rounds == 1
    (finding,) = exploring.findings.values()
    assert finding.counterexample.tried <= 1


def test_a_kind_that_cannot_be_played_is_given_up_with_its_reason():
    world = World(*PLACES, fails=lambda scenario: "it has no put" * (scenario.kind == "SimpleQueue"))
    exploring = world.explores(lambda *_: None, None, 200)
    exploring.follow(world)

    assert exploring.given_up == {("SimpleQueue", "fork"): "it has no put"}
    assert world.ran["SimpleQueue", "fork"] == IN_VAIN + 1
    assert exploring.done == 200


def test_now_and_then_one_that_cannot_be_played_is_left_out():
    world = World(PLACES[0], fails=lambda scenario: "it did not start" * (scenario.maxsize % 3 > 0))
    exploring = world.explores(lambda *_: None, None, 90)
    exploring.follow(world)

    assert exploring.given_up == {}
    assert exploring.coverage.rounds == 30


def test_what_the_machinery_raises_is_raised():
    world = World(PLACES[0], fails=lambda scenario: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        world.explores().follow(world)


def test_several_threads_follow_different_ways():
    world = World(*PLACES)
    together = threading.Barrier(3, timeout=30)
    at_work = set()

    def judge(history, schedule):
        at_work.add((history.scenario.kind, history.scenario.start_method))
        if schedule.seed == 1:
            together.wait()  # breaks unless three are followed at the same time

    exploring = world.explores(judge, None, 300)
    threads = [threading.Thread(target=exploring.follow, args=(world,)) for _ in PLACES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert not together.broken
    assert at_work == {*PLACES}
    assert 300 <= exploring.done < 300 + 3 * CHUNK
