"""Real measurements: everything that should be is measured, whatever the queue does, and nothing is left behind."""

import contextlib
import glob
import os
import pickle

import pytest
import runs
from runs import CHECKOUT

from queuespec.actors import carriage
from queuespec.measure import running
from queuespec.measure.running import NO_TIME, Run, Subject
from queuespec.measure.workloads import MACHINE, MIB, tasks
from queuespec.results.measurement import QUEUE, STANDARD
from queuespec.stage import Settings, Supervisor
from queuespec.stage.pace import Pace

SLOWER = CHECKOUT / "tests" / "meta" / "implementations" / "slower.py"
METHOD = "spawn"
"""The start method that every platform has."""


class Unmeasured(Pace):
    """The pace of a machine for tests about a hang, whose cause they have made: patience is as short as they say."""

    def saw(self, seconds):
        """Takes nothing into account."""

    def measure(self, python):
        """Measures nothing."""


@pytest.fixture
def measured(monkeypatch, tmp_path):
    """Measures the tasks that `wanted` chooses, for one short round or two; returns the run."""
    monkeypatch.setattr(running, "LONGEST", 0.01)

    def measure(
        wanted,
        name="multiprocessing",
        rounds=1,
        kind="Queue",
        patience=60.0,
        budget=600.0,
        pace=Pace,
        lacks=(),
        sizes=(),
    ):
        monkeypatch.setattr(running, "MOST_ROUNDS", rounds)
        python = runs.judged_python
        settings = Settings(name, python, (), patience, pace=pace())
        standard = Subject(Settings("multiprocessing", python, (), patience, pace=pace()), METHOD, kind)
        chosen = [task for task in tasks(kind, sizes or (100, MIB)) if task.workload == MACHINE or wanted(task)]
        with contextlib.closing(Supervisor()) as supervisor:
            run = Run(Subject(settings, METHOD, kind, lacks), standard, chosen, budget, 1, supervisor)
            run.perform()
            shared = f"/dev/shm/qs-{supervisor.mark}-*"
            run.kept = [name for name in os.listdir(supervisor.directory) if name.startswith("tmp")] + glob.glob(shared)
        run.left = (
            supervisor.escaped,
            os.path.exists(supervisor.directory),
            glob.glob(f"/dev/shm/*{supervisor.mark}*"),
        )
        return run

    return measure


def of(*names):
    """Chooses the tasks of these workloads."""
    return lambda task: task.workload in names


def test_a_transfer_is_measured_beside_all_its_limits(measured):
    run = measured(lambda task: task.workload == "transfer" and task.parameters["shape"] == "bytes", rounds=2)
    found = run.measured()

    for size in (100, MIB):
        for name in (QUEUE, "Connection", "pipe", "pickle", "memcpy"):
            (one,) = found.find("transfer", "item", name, size=size)
            assert len(one.values) == 2
            assert min(one.values) > 0
            assert one.samples >= 2
    assert found.find("machine", "time", "loop") and found.find("machine", "time", "clock")
    assert not run.failed
    assert run.left == ([], False, [])


def test_an_array_is_measured_beside_its_buffer_out_of_band(measured):
    found = measured(lambda task: task.parameters.get("shape") == "array").measured()
    if any(one.problem == "the interpreter has no numpy" for one in found.figures):
        runs.without("NumPy")

    for name in (QUEUE, "Connection", "pickle", "out-of-band"):
        (one,) = found.find("transfer", "item", name, shape="array")
        assert min(one.values) > 0


class Buffer(bytearray):
    """An item that is pickled as NumPy's arrays are."""

    def __reduce_ex__(self, protocol):
        return Buffer, (pickle.PickleBuffer(self),)


def test_a_buffer_travels_out_of_band():
    link = carriage.out_of_band_link()
    link.put([Buffer(b"one"), Buffer(b"two")])
    pickled, number = link._reader.recv()

    assert number == 2
    assert b"one" not in pickled
    assert [link._reader.recv_bytes() for _ in range(number)] == [b"one", b"two"]

    link.put([Buffer(b"one"), Buffer(b"two")])
    assert link.get() == [b"one", b"two"]


def test_another_implementation_is_measured_beside_the_standard_library(measured):
    found = measured(of("round trip", "hand over"), f"{SLOWER}:Millisecond").measured()

    assert found.has_standard
    (put,) = found.find("hand over", "put", size=100)
    (theirs,) = found.find("hand over", "put", STANDARD, size=100)
    assert min(put.values) >= 1e-3  # the queue spends a millisecond by the same clock
    assert found.ratio(put, STANDARD).value == put.values[0] / theirs.values[0]
    assert {one.quantity for one in found.figures if one.workload == "round trip"} == {"p50", "p90", "p99"}
    (trip,) = found.find("round trip", "p50")
    assert len(trip.distribution) > 2
    assert [*trip.distribution] == sorted(trip.distribution)
    assert min(found.find("round trip", "p50")[0].values) >= 2e-3  # two puts


def test_all_other_workloads_are_measured(measured):
    left_out = ("transfer", "round trip", "hand over", "crowd")
    small = {"growth": 10_000, "token": 2}

    def wanted(task):
        limit = small.get(task.workload)
        few = limit is None or max(task.parameters.get(name, 0) for name in ("items", "processes")) <= limit
        return task.workload not in left_out and few and task.parameters.get("maxsize") in (None, 1)

    run = measured(wanted)
    found = run.measured()

    assert {one.problem for one in found.all} <= {"", "the system does not say"}
    for workload, quantity in (
        *(("start", "first item"), ("start", "get"), ("growth", "item"), ("token", "increment")),
        *(("kind", "item"), ("maxsize", "item"), ("timeout", "item")),
    ):
        assert all(min(one.values) > 0 for one in found.find(workload, quantity)), workload
        assert found.find(workload, quantity), workload
    assert run.left == ([], False, [])


@pytest.mark.thorough
def test_a_crowd_shares_the_items(measured):
    found = measured(lambda task: task.workload == "crowd" and sum(task.parameters.values()) <= 5).measured()

    assert {tuple(one.parameters.values()) for one in found.figures if one.values} == {(1, 1), (2, 2), (1, 4), (4, 1)}


def test_items_that_are_left_elsewhere_are_removed(measured):
    places = ("file", "shared memory")
    run = measured(lambda task: task.workload == "transfer" and task.parameters["shape"] in places)

    assert all(run.measured().find("transfer", "item", shape=place) for place in places)
    assert run.kept == []
    assert run.left == ([], False, [])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Hanging", "the workload was still running after 1.5 s"),
        ("Raising", "the workload raised Full()"),
        pytest.param("Dying", "the workload: its process died with exit code 9", marks=pytest.mark.thorough),
    ],
)
def test_what_fails_costs_one_figure(measured, name, words):
    run = measured(of("hand over"), f"{SLOWER}:{name}", rounds=2, patience=1.5, pace=Unmeasured)
    found = run.measured()
    problems = {one.parameters["size"]: one.problem for one in found.figures if one.problem}

    assert run.failed
    assert [*problems] == [MIB]
    assert words in problems[MIB]
    assert len(found.find("hand over", "put", size=100)[0].values) == 2
    assert found.find("hand over", "put", STANDARD, size=MIB)
    assert run.left[1:] == (False, [])


def test_what_an_implementation_lacks_is_not_measured(measured):
    lacks = ("SimpleQueue", "JoinableQueue", "Manager.Queue", "maxsize", "buffer")
    found = measured(of("kind", "maxsize", "growth"), f"{SLOWER}:Adapter", lacks=lacks).measured()

    assert {one.problem for one in found.figures} == {
        "the implementation has no SimpleQueue",
        "the implementation has no JoinableQueue",
        "the implementation has no Manager.Queue",
        "the implementation has no maxsize",
        "Queue has no buffer in front of its pipe",
    }
    assert not found.find("maxsize", "item", STANDARD)


@pytest.mark.thorough
def test_another_kind_is_measured(measured):
    found = measured(of("round trip", "growth", "maxsize"), kind="SimpleQueue").measured()

    assert found.find("round trip", "p50")[0].kind == "SimpleQueue"
    assert {one.problem for one in found.figures} == {"", "SimpleQueue has no buffer in front of its pipe"}
    assert not any(one.workload == "maxsize" for one in found.all)


def test_what_there_is_no_time_for_is_said(measured):
    found = measured(of("hand over", "token"), budget=0.01).measured()

    assert [one.problem for one in found.figures if one.workload == "token"] == [NO_TIME] * 2
    assert [one.quantity for one in found.figures if one.values] == ["put", "acknowledged"]  # of the first task
    assert found.find("machine", "time", "loop")


def test_an_interrupted_run_has_what_was_measured(monkeypatch):
    monkeypatch.setattr(running, "LONGEST", 0.01)

    def progress(number, name):
        if name.startswith("hand over"):
            raise KeyboardInterrupt

    chosen = [task for task in tasks("Queue", (100,)) if task.workload in (MACHINE, "round trip", "hand over")]
    with contextlib.closing(Supervisor()) as supervisor:
        subject = Subject(Settings("multiprocessing", runs.judged_python, ()), METHOD, "Queue")
        run = Run(subject, subject, chosen, 600.0, 1, supervisor, progress)
        with pytest.raises(KeyboardInterrupt):
            run.perform()
    found = run.measured()

    assert found.find("round trip", "p50")
    assert not found.find("hand over", "put")
    assert not os.path.exists(supervisor.directory)


def test_half_a_round_trip_of_the_limit_is_the_limit_of_the_token_counter(measured):
    found = measured(lambda task: task.name in ("round trip", "token (processes 2)")).measured()
    (token,) = found.find("token", "increment")
    (trip,) = found.find("round trip", "p50", "Connection")

    assert found.beside(token, token.limit).rounds == (trip.rounds[0] / 2,)


@pytest.mark.parametrize("quick", [True, False])
def test_every_task_has_a_name_of_its_own(quick):
    names = [(task.name, task.start_method) for task in tasks("Queue", (), ("fork",)) if task.quick or not quick]

    assert len(names) == len(set(names))


@pytest.mark.parametrize("slower", [0.0, 0.5])
def test_a_budget_too_short_for_all_keeps_enough_rounds_for_some(slower, monkeypatch):
    spent = {"round trip": 1.0, "token": 1.0, "hand over": 1.0, "start": 1.0}
    now = [0.0]
    monkeypatch.setattr(running.time, "monotonic", lambda: now[0])

    class Played(Run):
        def _plays(self, task, seconds):
            now[0] += spent.get(task.workload, 0.5) * (1 + slower * (self.rounds > 1))
            for quantity in () if task.workload == MACHINE else ("item",):
                self._found.setdefault((task, quantity, QUEUE), running._Series()).add(self.rounds, [1.0], None)
            return False

    subject = Subject(Settings("multiprocessing", "python", ()), METHOD, "Queue")
    chosen = [task for task in tasks("Queue", (100,)) if task.workload in (*spent, MACHINE)]
    run = Played(subject, subject, chosen, 21.0, 1, None)
    run.perform()
    found = run.measured().figures

    assert now[0] <= 21.0
    assert {len(one.values) for one in found if one.values} == {run.rounds}
    assert run.rounds >= 6
    assert {one.problem for one in found if not one.values} == {NO_TIME}


def test_what_fails_late_leaves_the_rounds_to_others(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(running.time, "monotonic", lambda: now[0])

    class Played(Run):
        def _plays(self, task, seconds):
            fails = task.workload == "round trip"
            now[0] += 10.0 if fails else 0.5
            if fails:
                self._problems[task, QUEUE] = "it hung"
            else:
                self._found.setdefault((task, "item", QUEUE), running._Series()).add(self.rounds, [1.0], None)
            return fails

    subject = Subject(Settings("multiprocessing", "python", ()), METHOD, "Queue")
    chosen = [task for task in tasks("Queue", (100,)) if task.workload in ("round trip", "hand over", MACHINE)]
    run = Played(subject, subject, chosen, 23.0, 1, None)
    run.perform()

    assert run.rounds >= 6
    assert {one.problem for one in run.measured().figures} == {"", "it hung"}


def test_workloads_stand_together_and_items_by_size(measured):
    found = measured(lambda task: task.name.startswith("transfer (shape bytes"), sizes=(MIB, 0, 100)).measured()

    assert [one.parameters["size"] for one in found.figures] == [0, 100, MIB]
