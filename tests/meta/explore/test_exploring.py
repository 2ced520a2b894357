"""The loop of exploring, with simulated ways and a clock that moves with each run."""

import threading
from collections import Counter

import pytest

from queuespec.explore.counterexample import Broken
from queuespec.explore.coverage import Coverage
from queuespec.explore.exploring import IN_VAIN, Exploring, Round, Way
from queuespec.explore.history import History
from queuespec.explore.running import NotPlayed
from queuespec.explore.scenario import Operation, Part, Scenario
from queuespec.explore.schedule import Schedule


class World:
    """Ways without end, by kind and start method; a run takes a tenth of a second."""

    def __init__(self, *places, last=None):
        self.now = 0.0
        self.ran = Counter()
        self.ways = [Way(kind, method, self.rounds(kind, method, last), Coverage) for kind, method in places]

    def rounds(self, kind, method, last):
        def made(run):
            number = 0
            while last is None or number < last:
                number += 1
                parts = (Part("parent", (Operation("put", f"p-{number}"),) * 2), Part("child 1", (Operation("get"),)))
                scenario, schedule = Scenario(kind, method, parts, number), Schedule(number)
                yield Round(schedule, run(scenario, schedule))

        return made

    def run(self, scenario, schedule):
        self.now += 0.1
        self.ran[scenario.kind, scenario.start_method] += 1
        return History(scenario, ())

    def explores(self, judge=lambda *_: None, seconds=60.0, rounds=None):
        return Exploring(self.ways, judge, seconds, rounds, lambda: self.now)


PLACES = (("Queue", "fork"), ("Queue", "spawn"), ("SimpleQueue", "fork"))


def broken(cause="lost"):
    return Broken(f"{cause} is broken", "get.fifo", cause)


def test_each_way_has_its_share_of_the_time():
    world = World(*PLACES)
    world.explores().follow(world.run)

    assert 60 <= world.now < 61
    assert all(180 <= world.ran[place] <= 220 for place in PLACES)


def test_a_number_of_rounds_is_divided_too_and_the_same_each_time():
    seen = []
    for _ in range(2):
        world = World(*PLACES)
        exploring = world.explores(lambda history, schedule: seen.append((history, schedule)), None, 31)
        exploring.follow(world.run)
        assert exploring.done == 31
        assert max(world.ran.values()) - min(world.ran.values()) <= 1

    assert seen[:31] == seen[31:]


def test_what_comes_to_its_end_leaves_the_time_to_others():
    world = World(*PLACES)
    world.ways[0] = World(PLACES[0], last=7).ways[0]
    world.explores(rounds=100).follow(world.run)

    assert world.ran[PLACES[0]] == 7
    assert sum(world.ran.values()) == 100


def test_nothing_is_left_when_all_ways_have_come_to_their_ends():
    world = World(*PLACES, last=3)
    world.explores().follow(world.run)

    assert sum(world.ran.values()) == 9


def test_what_is_wrong_in_the_same_way_is_one_finding_with_a_count():
    def judge(history, schedule):
        scenario = history.scenario
        if scenario.kind == "SimpleQueue":
            return broken("order") if scenario.parts else None
        return broken("lost" if scenario.parts and scenario.maxsize % 2 else "order") if scenario.parts else None

    world = World(*PLACES)
    exploring = world.explores(judge, None, 30)
    exploring.follow(world.run)

    assert {*exploring.findings} == {("lost", "Queue"), ("order", "Queue"), ("order", "SimpleQueue")}
    assert exploring.findings["order", "Queue"].counts == {"fork": 5, "spawn": 5}
    for finding in exploring.findings.values():
        assert finding.minimal
        assert len(finding.counterexample.history.scenario.parts) == 1
        assert finding.counterexample.shown == finding.counterexample.tried == 10


def test_nothing_is_kept_of_rounds():
    def judge(history, schedule):
        return broken()

    world = World(PLACES[0])
    exploring = world.explores(judge, None, 500)
    exploring.follow(world.run)

    (finding,) = exploring.findings.values()
    assert finding.counts == {"fork": 500}
    assert len(vars(exploring)["findings"]) == 1
    assert not [name for name, value in vars(exploring).items() if isinstance(value, (list, dict)) and len(value) > 1]


def test_it_stops_where_it_is():
    world = World(*PLACES)
    exploring = world.explores(lambda *_: exploring.stop() or broken())
    exploring.follow(world.run)

    assert exploring.done == 1
    (finding,) = exploring.findings.values()
    assert finding.counterexample.tried <= 1


def test_a_kind_that_cannot_be_played_is_given_up_with_its_reason():
    world = World(*PLACES)

    def run(scenario, schedule):
        world.run(scenario, schedule)
        if scenario.kind == "SimpleQueue":
            raise NotPlayed("it has no put")
        return History(scenario, ())

    exploring = world.explores(lambda *_: None, None, 200)
    exploring.follow(run)

    assert exploring.given_up == {("SimpleQueue", "fork"): "it has no put"}
    assert world.ran["SimpleQueue", "fork"] == IN_VAIN
    assert exploring.done == 200


def test_now_and_then_one_that_cannot_be_played_is_left_out():
    world = World(PLACES[0])

    def run(scenario, schedule):
        if schedule.seed % 3:
            raise NotPlayed("the process did not start")
        return world.run(scenario, schedule)

    exploring = world.explores(lambda *_: None, None, 90)
    exploring.follow(run)

    assert exploring.given_up == {}
    assert world.ran[PLACES[0]] == 30


def test_what_the_machinery_raises_is_raised():
    world = World(PLACES[0])

    def run(scenario, schedule):
        raise ValueError("ours")

    with pytest.raises(ValueError, match="ours"):
        world.explores().follow(run)


def test_several_threads_follow_different_ways():
    world = World(*PLACES)
    together = threading.Barrier(3, timeout=30)
    at_work = set()

    def run(scenario, schedule):
        at_work.add((scenario.kind, scenario.start_method))
        if schedule.seed == 1:
            together.wait()  # breaks unless three are followed at the same time
        return History(scenario, ())

    exploring = world.explores(rounds=300)
    threads = [threading.Thread(target=exploring.follow, args=(run,)) for _ in PLACES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert not together.broken
    assert at_work == {*PLACES}
    assert 300 <= exploring.done <= 303
