"""Scenarios performed by real processes: together, and held at lines of the queue's code."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
import runs

from queuespec.actors import playing
from queuespec.explore import stillness
from queuespec.explore.history import Step
from queuespec.explore.monitor import broken
from queuespec.explore.records import read
from queuespec.explore.running import NotPlayed, Runner
from queuespec.explore.scenario import Operation, Part, Scenario
from queuespec.explore.schedule import Hold, Schedule
from queuespec.stage import Settings, Supervisor

posix = pytest.mark.skipif(os.name != "posix", reason="Windows has no such signals")
linux = pytest.mark.skipif(not stillness.sample([os.getpid()]), reason="the system does not tell what threads do")
METHODS = runs.rest(("fork", "spawn", "forkserver"), ("fork", "spawn"))


@pytest.fixture(scope="module")
def supervisor():
    with contextlib.closing(Supervisor()) as supervisor:
        yield supervisor


@pytest.fixture(scope="module")
def runner_of(supervisor):
    """The runner of a start method, the same for all tests."""
    runners = {}
    with contextlib.ExitStack() as ends:

        def found(method, implementation="multiprocessing"):
            if (method, implementation) not in runners:
                settings = Settings(implementation, runs.judged_python, ())
                runners[method, implementation] = runner = Runner(settings, method, supervisor)
                ends.callback(runner.close)
            return runners[method, implementation]

        yield found


def put(item, **others):
    return Operation("put", item, **others)


def scenario(*parts, kind="Queue", maxsize=0, method="fork"):
    """A scenario of actors and their operations, which are names of calls or `Operation`s."""
    made = [
        Part(actor, tuple(Operation(one) if isinstance(one, str) else one for one in operations))
        for actor, *operations in parts
    ]
    return Scenario(kind, method, tuple(made), maxsize)


PUT_AND_GET = scenario(("child 1", put("a")), ("child 2", "get_nowait"))


def outcomes(history, actor):
    """What the operations of an actor came to."""
    return [(step.operation.call, step.value) for step in history.steps if step.actor == actor]


def codes(history):
    """The exit codes of processes."""
    return {ending.process: ending.exit_code for ending in history.endings}


def shape(history):
    """A history without its times: what was done in which order, what had ended then, and how all ended."""
    steps = []
    for step in history.steps:
        ended = [other for other in history.steps if other.end is not None and other.end < step.begin]
        steps.append((step.actor, step.operation, step.outcome, step.value, len(ended)))
    return tuple(steps), tuple(sorted(codes(history).items()))


def hold_in(runner, one, function, thread="caller", last=False, **others):
    """The first, or last, line of a function that the first operation visits, as a hold."""
    lines = [hold for hold in runner.lines(one) if (hold.function, hold.thread) == (function, thread)]
    found = lines[-1 if last else 0]
    return Hold(**{**vars(found), **others})


@pytest.mark.parametrize("method", METHODS)
def test_actors_of_all_sorts_perform_and_record(runner_of, method):
    one = scenario(
        ("parent", put("p-1"), Operation("get", timeout=20.0)),
        ("parent thread 1", put("pt-1")),
        ("child 1", put("c1-1", size=1000), "qsize"),
        ("child 1 thread 1", put("ct-1")),
        ("child 2", "get", "get"),
        method=method,
    )

    histories = [history for _, _, history in runner_of(method).runs([(one, Schedule(seed)) for seed in range(3)])]

    for history in histories:
        items = Counter(step.value for step in history.steps if step.operation.call.startswith("get"))
        assert items == Counter(["p-1", "pt-1", "c1-1", "ct-1", "Empty"])
        assert Counter(step.actor for step in history.steps[:9]) == Counter(
            {part.actor: len(part.operations) for part in one.parts} | {"parent": 3}
        )
        assert all(step.begin < step.end for step in history.steps)
        assert codes(history) == {"child 1": 0, "child 2": 0}
    assert len(histories) == 3


def test_one_after_another_begins_after_the_other_has_ended(runner_of):
    history = runner_of("fork").run(scenario(("child 1", put("a"), put("b"), "close", "join_thread")))

    calls = [step for step in history.steps if step.actor == "child 1"]
    assert [step.operation.call for step in calls] == ["put", "put", "close", "join_thread"]
    assert all(before.end < after.begin for before, after in zip(calls, calls[1:]))


@pytest.mark.parametrize("method", METHODS)
def test_children_start_when_their_parent_starts_them(runner_of, method):
    late = scenario(("parent", put("a"), "start", "get"), ("child 1", put("b"), "get"), method=method)
    others = scenario(("parent", put("a")), ("child 1", "get"), method=method)
    trials = [(one, Schedule(seed)) for seed, one in enumerate((others, late, others, late))]

    histories = [history for one, _, history in runner_of(method).runs(trials) if one == late]

    assert len(histories) == 2
    for history in histories:
        putting, starting, *_ = (step for step in history.steps if step.actor == "parent")
        assert putting.end < min(step.begin for step in history.steps if step.actor == "child 1")
        assert starting.operation == Operation("start")
        assert {step.value for step in history.steps if step.operation.call == "get"} == {"a", "b"}


def test_a_parent_that_never_starts_its_children_is_not_played(runner_of):
    with pytest.raises(NotPlayed, match="the parent did not come to the start of its children"):
        runner_of("fork").run(scenario(("parent", "get", "start"), ("child 1", put("a"))))


def test_none_is_an_item(runner_of):
    history = runner_of("fork").run(scenario(("child 1", put("None"), put("a"))))

    assert outcomes(history, "parent") == [("get", None), ("get", "a"), ("get_nowait", "Empty")]


@pytest.mark.parametrize(("done", "further"), [(1, 1), (2, 0)])
def test_the_unfinished_tasks_are_counted_in_the_end(runner_of, done, further):
    calls = scenario(("child 1", put("a"), put("b"), *["task_done"] * done), kind="JoinableQueue")

    history = runner_of("fork").run(calls)

    last = [value for call, value in outcomes(history, "parent") if call == "task_done"]
    assert last == [*[None] * further, "ValueError"]


def test_no_process_ends_while_another_waits(runner_of):
    """Its end would flush what its feeder thread has missed."""
    runner = runner_of("fork", "fault:put-never-waits-for-the-lock")
    one = scenario(("child 1", put("a"), put("b")), ("child 2", "get", "get"))
    waits = [hold for hold in runner.lines(one) if hold.text == "nwait()" and hold.actor == "child 1"]

    history = runner.run(one, Schedule(holds=(waits[0],)))

    assert runner.held == (waits[0],)
    assert broken(history, Schedule(holds=(waits[0],))).cause == "get blocked"


def test_a_large_item_arrives_whole_or_damaged():
    whole = playing.made("a", 100, bad=False)

    assert playing.arrived(whole) == "a"
    assert playing.arrived([*whole]) == "a"
    assert playing.arrived(("a", 100, whole[2][:-1])).startswith("damaged: a of 100 bytes")
    assert playing.arrived((1, 2)) == "(1, 2)"


@pytest.mark.parametrize(
    ("end", "code"), [("kill", -signal.SIGKILL if os.name == "posix" else 15), ("exit", 3), ("raise", 1)]
)
def test_what_was_recorded_survives_the_end_of_its_process(runner_of, end, code):
    history = runner_of("fork").run(scenario(("child 1", put("a"), end), ("child 2", "get_nowait")))

    first, last = (step for step in history.steps if step.actor == "child 1")
    assert (first.outcome, first.value) == ("returned", None)
    assert last.operation.call == end
    assert (last.end is None) == (end != "raise")
    assert codes(history) == {"child 1": code, "child 2": 0}


@posix
def test_a_thread_of_a_child_can_end_it(runner_of):
    history = runner_of("fork").run(scenario(("child 1", put("a")), ("child 1 thread 1", "kill"), ("child 2", "full")))

    assert codes(history) == {"child 1": -9, "child 2": 0}


def test_a_bad_item_is_put_and_does_not_arrive(runner_of):
    history = runner_of("fork").run(scenario(("child 1", put("a", bad=True), "close", "join_thread")))

    assert outcomes(history, "child 1")[0] == ("put", None)
    assert outcomes(history, "parent") == [("get_nowait", "Empty")]


@linux
def test_a_child_that_waits_forever_is_given_up_and_killed(runner_of):
    runner = runner_of("fork")
    begun = time.monotonic()

    history = runner.run(scenario(("child 1", "get"), ("parent", put("a"), "get")))
    after = runner.run(PUT_AND_GET)

    getting = [step for step in history.steps if step.operation.call == "get"]
    assert sorted(step.value or "" for step in getting) == ["", "a"]
    assert [step.outcome for step in getting if step.end is None] == [""]
    assert time.monotonic() - begun < runner.settings.calling
    assert codes(after) == {"child 1": 0, "child 2": 0}


@linux
@posix
def test_a_parent_that_waits_forever_is_given_up(runner_of):
    runner = runner_of("fork")

    history = runner.run(scenario(("parent", "get"), ("child 1", "kill")))
    after = runner.run(PUT_AND_GET)

    assert outcomes(history, "parent") == [("get", None)]
    assert history.steps[0].end is None
    assert codes(history) == {"child 1": -9}
    assert codes(after) == {"child 1": 0, "child 2": 0}


@linux
def test_what_is_asleep_is_at_rest_and_what_runs_is_not():
    with subprocess.Popen(
        [sys.executable, "-c", "input()\nwhile True: pass"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as process:
        try:
            before = stillness.sample([process.pid])
            while not stillness.at_rest(before, now := stillness.sample([process.pid])):
                before = now
                time.sleep(0.01)
            process.stdin.write(b"\n")
            process.stdin.flush()
            assert not stillness.at_rest(now, stillness.sample([process.pid]))
            assert process.pid in stillness.family(os.getpid())
            assert stillness.runs(process.pid)
        finally:
            process.kill()
    assert not stillness.runs(process.pid)
    assert not stillness.at_rest(None, None)


def test_the_caller_is_held_while_others_go_on(runner_of):
    runner = runner_of("fork")
    hold = hold_in(runner, PUT_AND_GET, "put")

    history = runner.run(PUT_AND_GET, Schedule(holds=(hold,)))

    putting, getting = history.steps[:2]
    assert runner.held == (hold,)
    assert (getting.actor, getting.value) == ("child 2", "Empty")
    assert putting.begin < getting.begin < getting.end < putting.end
    assert outcomes(history, "parent") == [("get", "a"), ("get_nowait", "Empty")]


def test_the_feeder_thread_is_held_while_others_go_on(runner_of):
    runner = runner_of("fork")
    hold = hold_in(runner, PUT_AND_GET, "send_bytes", thread="QueueFeederThread")

    history = runner.run(PUT_AND_GET, Schedule(holds=(hold,)))

    putting, getting = history.steps[:2]
    assert runner.held == (hold,)
    assert putting.end < getting.begin
    assert getting.value == "Empty"
    assert outcomes(history, "parent")[0] == ("get", "a")


def test_two_are_held_and_the_first_goes_on_first(runner_of):
    runner, one = runner_of("fork"), scenario(("child 1", "get_nowait"), ("child 2", "get_nowait"), ("child 3", "full"))
    first, second = (hold_in(runner, one, "get", actor=actor) for actor in ("child 1", "child 2"))

    history = runner.run(one, Schedule(holds=(first, second)))

    ends = sorted(history.steps, key=lambda step: step.end)
    assert [step.actor for step in history.steps[:3]] == ["child 1", "child 2", "child 3"]
    assert [step.actor for step in ends[:3]] == ["child 3", "child 1", "child 2"]


@posix
@pytest.mark.parametrize(("then", "code"), [("raise", 0), ("exit", 3), ("kill", -9)])
def test_it_ends_where_it_is_held(runner_of, then, code):
    runner = runner_of("fork")
    hold = hold_in(runner, PUT_AND_GET, "put", then=then)

    history = runner.run(PUT_AND_GET, Schedule(holds=(hold,)))

    putting = history.steps[0]
    assert (putting.outcome, putting.value) == (("raised", "KeyboardInterrupt") if then == "raise" else ("", None))
    assert codes(history) == {"child 1": code, "child 2": 0}
    assert outcomes(history, "parent") == [("get_nowait", "Empty")]


def test_an_exception_ends_a_held_feeder_thread(runner_of):
    runner = runner_of("fork")
    hold = hold_in(runner, PUT_AND_GET, "send_bytes", thread="QueueFeederThread", then="raise")

    history = runner.run(PUT_AND_GET, Schedule(holds=(hold,)))

    assert runner.held == (hold,)
    assert outcomes(history, "child 1") == [("put", None)]
    assert codes(history) == {"child 1": 0, "child 2": 0}
    assert ("get", "a") not in outcomes(history, "parent")


def test_a_hold_that_is_not_reached_holds_nobody(runner_of):
    runner = runner_of("fork")
    hold = Hold("child 1", 0, "multiprocessing/queues.py", "put", 1)

    history = runner.run(PUT_AND_GET, Schedule(holds=(hold,)))

    assert runner.held == ()
    assert outcomes(history, "child 2") == [("get_nowait", "a")]


@pytest.mark.parametrize("method", METHODS)
def test_the_same_schedule_has_the_same_history(runner_of, method):
    runner = runner_of(method)
    times = 30 if method == "fork" else 6
    one = scenario(
        *(("child 1", put("a"), put("b")), ("child 2", "get", put("c"), "get"), ("parent", "qsize", "full")),
        maxsize=2,
        method=method,
    )
    holds = [hold for hold in runner.lines(one) if hold.actor == "child 1" and hold.operation == 1]
    chosen = [holds[0], holds[len(holds) // 3], next(hold for hold in holds if hold.thread != "caller")]

    for hold in chosen:
        histories = [history for _, _, history in runner.runs([(one, Schedule(holds=(hold,)))] * times)]
        assert Counter(map(shape, histories)).most_common() == [(shape(histories[0]), times)]


def test_the_lines_of_a_wrong_queue_are_its_own_too(runner_of):
    runner = runner_of("fork", "fault:get-looks-only")

    files = {hold.file for hold in runner.lines(PUT_AND_GET)}

    assert {"faults/getting.py", "multiprocessing/queues.py", "multiprocessing/connection.py"} <= files


@posix
@pytest.mark.parametrize("fault", ["stop", "signal"])
def test_a_process_that_is_stopped_or_interrupted_does_all_it_has_to(runner_of, fault):
    one = scenario(("child 1", put("a"), put("b"), "get"), ("child 2", "get"))

    history = runner_of("fork").run(one, Schedule(7, faults=(f"{fault} child 1",)))

    assert all(step.outcome == "returned" for step in history.steps[:4])
    assert codes(history) == {"child 1": 0, "child 2": 0}


def test_a_thread_that_cannot_start_is_put_s_exception(runner_of):
    one = scenario(("child 1", put("a"), put("b")))

    history = runner_of("fork").run(one, Schedule(faults=("starve child 1",)))

    assert outcomes(history, "child 1") == [("put", "RuntimeError"), ("put", None)]


def test_nothing_is_left_of_a_run(runner_of, supervisor):
    runner = runner_of("fork")
    hold = hold_in(runner, PUT_AND_GET, "put")

    for schedule in (Schedule(), Schedule(holds=(hold,))):
        runner.run(PUT_AND_GET, schedule)

    assert not [name for name in os.listdir(supervisor.directory) if name.startswith("record")]
    assert stillness.family(runner._stage.tree.pid) == [runner._stage.tree.pid]
    assert [*runner._stage.actors] == ["parent"]


def test_what_looks_now_and_then_is_given_the_time_for_it(supervisor):
    folder = Path(__file__).parents[1] / "implementations"
    runner = Runner(Settings("polling:Queue", runs.judged_python, (), directory=str(folder)), "fork", supervisor)
    one = scenario(("child 1", "get"), ("parent", put("p-1")))
    one_by_one = Hold("child 1", 0, "no/such/file.py", "nothing", 1)
    with contextlib.closing(runner):
        history = runner.run(one, Schedule(holds=(one_by_one,)))

    assert outcomes(history, "child 1") == [("get", "p-1")]


def test_what_cannot_be_performed_is_told_and_left_out(supervisor):
    runner = Runner(Settings("fault:get-looks-only", runs.judged_python, ()), "fork", supervisor)
    wrong = scenario(("child 1", "put"), kind="NoQueue")
    with contextlib.closing(runner):
        with pytest.raises(NotPlayed, match="NoQueue"):
            runner.run(wrong)
        found = [*runner.rounds([wrong, PUT_AND_GET, wrong])]

    assert [one for one, _, _ in found] == [PUT_AND_GET]
    assert runner.not_played == 2


def test_a_line_that_was_cut_off_is_no_record(tmp_path):
    (tmp_path / "record").write_text("0 5 put None\n0 7 returned None\n1 9 get 0.5\n1 12 rais", "utf-8")

    operations = (put("a"), Operation("get", timeout=0.5))
    steps = read(str(tmp_path / "record"), "child 1", operations)

    assert steps == [
        Step("child 1", operations[0], 5, 7, "returned", None),
        Step("child 1", operations[1], 9),
    ]
