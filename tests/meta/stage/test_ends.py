"""What does not start, dies, hangs or stays: the stage says so in a sentence, and does not wait longer than it must."""

import dataclasses
import multiprocessing
import os
import signal
import socket

import pytest
import stage_roles
from runs import METHOD, rest
from stages import METHODS, Unmeasured

from queuespec.actors.protocol import SIZE, Held, encoded
from queuespec.stage import Crashes, Deviates, Hangs, NotStarted, SuiteError, processes, stage
from queuespec.stage.processes import how_ended
from queuespec.text import SHOWN_CALLS, in_lines

needs_fork = pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="there is no fork here")
posix_only = pytest.mark.skipif(os.name != "posix", reason="Windows has no such signals")


@pytest.fixture(params=rest(METHODS, [METHOD]))
def a_stage(request, new_stage):
    """A stage: what is tested here happens in the judge, or the same under each start method."""
    return new_stage(request.param)


def hurry(a_stage, **durations):
    """Shortens the durations of a stage that has started."""
    a_stage.settings = dataclasses.replace(a_stage.settings, pace=Unmeasured(), **durations)


def kill(actor):
    """Kills the process of an actor, and waits until the stage has noticed."""
    os.kill(actor.pid, signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
    while not actor.gone:
        actor.stage.pump(1)


# What does not start


def test_an_interpreter_that_cannot_be_started_leaves_no_socket(new_stage, monkeypatch):
    made, create_server = [], socket.create_server

    def noted(*words, **more):
        made.append(create_server(*words, **more))
        return made[0]

    monkeypatch.setattr(socket, "create_server", noted)

    with pytest.raises(OSError, match="no-such-python"):
        new_stage(METHOD, python="./no-such-python")

    assert [one.fileno() for one in made] == [-1]


def test_a_main_program_that_ends_immediately_says_why(new_stage, tmp_path, monkeypatch):
    (tmp_path / "sitecustomize.py").write_text("import os\nprint('no disk', flush=True)\nos._exit(3)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    with pytest.raises(NotStarted, match=r"^the main program of the spec ended before it could be used: no disk$"):
        new_stage(METHOD)


@posix_only
def test_a_judge_in_the_background_of_a_shell_has_stages_that_can_be_interrupted(new_stage):
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        started = new_stage(METHOD)
    finally:
        signal.signal(signal.SIGINT, before)

    assert "default_int_handler" in repr(started.parent.plays(signal.getsignal, int(signal.SIGINT)))


def test_a_main_program_that_does_not_start_is_not_the_queue(new_stage, tmp_path, monkeypatch):
    (tmp_path / "sitecustomize.py").write_text("import time\ntime.sleep(60)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    with pytest.raises(
        NotStarted, match=r"^the main program of the spec did not start within 0\.3 s; raise --patience$"
    ):
        new_stage(METHOD, patience=0.1, pace=Unmeasured())


@needs_fork
def test_a_child_that_dies_at_birth_crashes(new_stage):
    a_stage = new_stage("fork")
    a_stage.parent.plays(stage_roles.have_children_die_at_birth)

    with pytest.raises(Crashes, match=r"^the process of child died with exit code 5 before it could be used$"):
        a_stage.make_child()


def test_a_child_that_dies_of_what_it_receives_crashes(new_stage):
    a_stage = new_stage("spawn")
    deadly = a_stage.hold(stage_roles.Deadly)

    with pytest.raises(Crashes, match=r"^the process of child died with exit code 7 before it could be used$"):
        a_stage.make_child(deadly)


# Who is let in


@pytest.mark.parametrize(
    "introduction",
    [encoded(("nobody", 1, None, "", False)), SIZE.pack(1) + b"x", encoded("x")],
    ids=["another name", "no message", "too little"],
)
def test_who_knows_the_secret_but_is_not_expected_is_turned_away(a_stage, introduction):
    with socket.create_connection(("127.0.0.1", a_stage.address.port)) as stranger:
        stranger.sendall(a_stage.address.actor_secret.encode() + introduction)
        a_stage.pump(5)

        assert stranger.recv(1000) == a_stage.address.judge_secret.encode()
        assert stranger.recv(1) == b""
    assert a_stage.make_child().plays(stage_roles.echo, 1) == 1


def test_a_connection_that_is_gone_before_it_is_accepted_changes_nothing(a_stage):
    a_stage._admit()

    assert list(a_stage.actors) == ["parent"]


# What dies


def test_an_answer_of_many_pieces_arrives_whole(a_stage):
    assert a_stage.parent.plays(stage_roles.long_text, 1_000_000) == "x" * 1_000_000


def test_an_actor_whose_channel_breaks_crashes(a_stage):
    child = a_stage.make_child()

    with pytest.raises(Crashes, match=r"^reset_the_channel\(\): its process could not report what happened$"):
        child.plays(stage_roles.reset_the_channel)


def test_a_request_that_cannot_be_sent_crashes(a_stage):
    child = a_stage.make_child()
    child._connection.shutdown(socket.SHUT_WR)

    with pytest.raises(Crashes, match=r"^echo\(1\): its process died with exit code 0$"):
        child.plays(stage_roles.echo, 1)


def test_a_call_of_an_actor_that_has_ended_says_how_it_ended(a_stage):
    child = a_stage.make_child()
    child.leaves("exit 3")
    a_stage.watch(lambda: child.gone, 5)

    with pytest.raises(Crashes, match=r"^echo\(1\) could not be called: .* child died with exit code 3$"):
        child.plays(stage_roles.echo, 1)


def test_nobody_knows_how_a_child_ended_whose_parent_is_gone(a_stage):
    child = a_stage.make_child()
    a_stage.parent.end_is_expected = True
    kill(a_stage.parent)

    assert a_stage.exit_code(child, 0) is None
    assert a_stage.how_it_died(child) == "died"


@posix_only
def test_nobody_knows_how_a_child_ended_whose_parent_cannot_be_interrupted(a_stage, monkeypatch):
    monkeypatch.setattr(stage, "FAREWELL", 0.05)
    child = a_stage.make_child()
    a_stage.parent.begins(stage_roles.ignore_interrupts_and_wait_for_ever)

    assert a_stage.how_it_died(child) == "died"
    with monkeypatch.context() as windows:
        windows.setattr(os, "name", "nt")
        assert not a_stage.interrupts_the_parent()


@posix_only
def test_a_parent_that_has_ended_before_anybody_has_noticed_is_not_interrupted(a_stage):
    a_stage.make_child()
    a_stage.parent.begins(stage_roles.ignore_interrupts_and_wait_for_ever)
    os.kill(a_stage.parent.pid, signal.SIGKILL)
    assert a_stage.tree.wait(20.0) == -signal.SIGKILL
    a_stage.parent.end_is_expected = True

    assert not a_stage.interrupts_the_parent()


def test_the_end_of_a_process_is_said_in_words():
    assert how_ended(None) == "died"
    assert how_ended(-64000) == "died of signal 64000"


def test_of_many_calls_the_last_are_shown():
    rows = [(0.001 * number, "parent", f"echo({number})", "returned None", None) for number in range(SHOWN_CALLS + 2)]

    shown = [*in_lines(rows)]

    assert shown[0].split() == ["2", "earlier", "calls"]
    assert len(shown) == SHOWN_CALLS + 1
    assert "echo(2)" in shown[1]


# What hangs


def test_an_actor_does_one_thing_at_a_time(a_stage):
    queue = a_stage.make_queue("Queue")
    a_stage.make_thread(queue)
    getting = queue.calls.get()

    with pytest.raises(SuiteError, match=r"^parent is busy with get\(\)$"):
        queue.put("a")

    assert not getting.over
    a_stage.tidy()
    assert not a_stage.clean, "its parent is busy"


@posix_only
def test_an_actor_that_does_not_answer_hangs(a_stage, monkeypatch):
    monkeypatch.setattr(processes, "LONGEST_STACK", 0.05)
    child = a_stage.make_child()
    os.kill(child.pid, signal.SIGSTOP)
    hurry(a_stage, patience=0.1)

    with pytest.raises(Hangs, match=r"^echo\(1\) was still running after 0\.1 s$"):
        child.plays(stage_roles.echo, 1)


def test_a_process_that_does_not_end_hangs_and_can_be_killed(a_stage):
    child = a_stage.make_child()
    child.plays(stage_roles.leave_a_thread_that_keeps_the_process)
    hurry(a_stage, patience=0.1)

    with pytest.raises(Hangs, match=r"^the process of child had not ended 0\.1 s after it was asked to$"):
        child.leaves()
    with pytest.raises(Hangs, match=r"^the process of child was still running after 0\.1 s$"):
        child.ends()
    hurry(a_stage, patience=20.0)
    assert not child.has_ended()
    assert child.is_killed() != 0
    assert child.has_ended()


def test_a_process_that_ends_did_not_go_on(a_stage):
    child = a_stage.make_child()
    child.begins_to_leave("exit 3")
    hurry(a_stage, quiet=20.0)

    with pytest.raises(Deviates, match=r"^the process of child should have gone on, but it ended with exit code 3$"):
        child.stays_alive()


def test_a_process_may_end_with_an_exception(a_stage):
    assert a_stage.make_child().leaves("raise") == 1


def test_a_role_that_should_end_its_process_and_does_not_is_a_slip(a_stage):
    child = a_stage.make_child()

    with pytest.raises(SuiteError, match=r"^echo\(1\) should have ended its process, but it returned 1$"):
        child.dies(stage_roles.echo, 1)

    assert child.leaves() == 0


def test_a_role_that_hangs_instead_of_ending_its_process_is_a_hang(a_stage):
    child = a_stage.make_child()
    hurry(a_stage, patience=0.3)

    with pytest.raises(Hangs, match=r"ignore_interrupts_and_wait_for_ever\(\) was still running after 0.3 s"):
        child.dies(stage_roles.ignore_interrupts_and_wait_for_ever)


# What a test leaves behind


def test_a_stage_that_a_test_did_not_use_stays_clean(a_stage):
    a_stage.tidy()

    assert a_stage.clean


def test_a_stage_with_a_child_that_died_unnoticed_is_not_used_again(a_stage):
    a_stage.make_child()
    kill(a_stage.make_child())

    a_stage.tidy()

    assert not a_stage.clean


# What a call must do


@pytest.fixture
def queue(a_stage):
    return a_stage.make_queue("Queue", 1)


WRONG = {
    "get_nowait() should have returned, but it raised Empty()": lambda queue: queue.calls.get_nowait().returns(),
    "full() should have returned 1 or 2, but it returned False": lambda queue: queue.calls.full().returns_one_of(1, 2),
    "get_nowait() should have returned or raised OSError, but it raised Empty()": lambda queue: (
        queue.calls.get_nowait().succeeds_or_raises(OSError)
    ),
}


def test_what_a_call_must_do_and_does_not_is_a_sentence(queue):
    for sentence, call in WRONG.items():
        with pytest.raises(Deviates) as failure:
            call(queue)
        assert str(failure.value) == sentence
    with pytest.raises(Deviates, match=r"^empty\(\) should have waited 60 s, but it returned True after 0\.\d+ s$"):
        queue.calls.empty().waited(60)

    assert queue.calls.empty().returns_one_of(True, False)
    queue.calls.empty().succeeds_or_raises(OSError)


def test_what_an_actor_returned_can_be_sent_to_it_again(queue):
    returned = queue.process.plays(stage_roles.NotLoadable)

    assert queue.process.plays(stage_roles.echo, [returned, Held("queue")])[0] == returned


def test_an_object_is_not_asked_for_the_methods_of_python_itself(queue):
    assert not hasattr(queue, "__len__")
