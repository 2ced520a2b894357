"""The stage: what it judges, whom it lets in, when it is used again."""

import builtins
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest
import runs
import stage_roles
from runs import ONE_KIND, RELEASED
from stages import METHODS, PATH

from queuespec import Full
from queuespec.actors.actor import Actor
from queuespec.actors.protocol import RETURNED, Address, described, encoded
from queuespec.stage import Crashes, Deviates, Raised, Settings, Stage, SuiteError, Timeline, made, raises
from queuespec.stage.exceptions import raised_by


def test_a_child_reports_the_start_method_by_evidence(a_stage):
    queue = a_stage.make_queue("Queue")

    child = a_stage.make_child(queue)

    assert child.process.start_method == a_stage.start_method


def test_a_child_is_what_it_holds(a_stage):
    queue, other = a_stage.make_queue("Queue"), a_stage.make_queue("SimpleQueue")

    one, second = a_stage.make_child(queue, other)
    alone = a_stage.make_thread()

    assert one.process is second.process
    queue.put("a")
    other.put("b")
    assert (one.get(), second.get()) == ("a", "b")
    assert alone.plays(stage_roles.echo, "nothing held") == "nothing held"


def test_a_start_method_under_a_wrong_name_deviates(a_stage):
    if len(METHODS) == 1:
        pytest.skip("there is one start method here, and so no wrong one")
    a_stage.start_method = next(method for method in METHODS if method != a_stage.start_method)

    with pytest.raises(Deviates, match=r"child should have been started by \w+, but it was by \w+"):
        a_stage.make_child(a_stage.make_queue("Queue"))


def test_a_child_of_another_python_than_its_parent_deviates(a_stage):
    a_stage.parent.python = "another one"

    with pytest.raises(Deviates, match=r"^child should have run another one, but it ran \d"):
        a_stage.make_child()


def test_a_clean_stage_is_the_same_process_in_the_next_test(a_stage):
    before = a_stage.parent.pid
    a_stage.make_child(a_stage.make_queue("Queue"))

    a_stage.tidy()

    assert a_stage.clean
    assert a_stage.parent.pid == before
    assert a_stage.parent.plays(stage_roles.thread_count) == 1


def test_a_stage_with_a_thread_that_does_not_end_is_not_used_again(a_stage):
    a_stage.parent.plays(stage_roles.leave_a_thread)

    a_stage.tidy()

    assert not a_stage.clean


def test_a_child_that_only_its_own_library_knows_makes_a_stage_unclean(new_stage, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(runs.META / "implementations"))
    stage = new_stage(METHODS[0], "own_children")
    stage.make_queue("Queue")

    stage.tidy()

    assert not stage.clean


def test_a_stage_with_a_hanging_child_is_not_used_again(a_stage):
    queue = a_stage.make_queue("Queue")
    child = a_stage.make_child(queue)
    child.calls.get().stays_blocked()

    a_stage.tidy()

    assert not a_stage.clean


def test_stages_of_one_test_may_share_a_timeline_and_the_next_test_has_its_own(supervisor):
    settings = Settings("multiprocessing", runs.judged_python, PATH)
    one, other = (Stage(settings, "spawn", supervisor) for _ in range(2))
    shared = Timeline()
    one.records_in(shared)
    other.records_in(shared)

    one.parent.plays(stage_roles.echo, "a")
    other.parent.plays(stage_roles.echo, "b")
    other.records_in(Timeline())
    other.parent.plays(stage_roles.echo, "c")

    assert [row[1:4] for row in shared.rows()] == [
        ("parent", "echo('a')", "returned 'a'"),
        ("parent", "echo('b')", "returned 'b'"),
    ]
    assert [row[2] for row in other.timeline.rows()] == ["echo('c')"]
    one.end()
    other.end()


def test_the_end_of_a_child_that_was_told_to_leave_crashes_nothing(a_stage):
    queue = a_stage.make_queue("Queue")
    child = a_stage.make_child(queue)

    assert child.process.leaves("exit 3") == 3
    queue.put("a")
    assert queue.get() == "a"


NONSENSE = {
    "an answer to a request that was never made": encoded((1000, RETURNED, None, 0.0)),
    "no message": b"x" * 100,
    "a message that is no answer": encoded("x"),
}


@pytest.mark.parametrize("data", NONSENSE.values(), ids=NONSENSE)
def test_an_actor_that_answers_nonsense_is_given_up(a_stage, data):
    child = a_stage.make_child()

    with pytest.raises(Crashes, match=r"send\(.*\): its process wrote into a connection that it had not opened"):
        child.plays(stage_roles.send, data)


def test_a_stranger_is_turned_away_and_changes_nothing(a_stage):
    stranger = socket.create_connection(("127.0.0.1", a_stage.address.port))
    stranger.sendall(b"x" * 64)

    queue = a_stage.make_queue("Queue")
    child = a_stage.make_child(queue)
    queue.put("a")

    assert child.get() == "a"
    assert stranger.recv(100) == b""
    stranger.close()


@pytest.mark.parametrize("shown", [b"x" * 64, b"", b"j" * 63], ids=["other", "nothing", "cut"])
def test_an_actor_obeys_nobody_but_its_judge(shown):
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        actor = Actor(Address(stranger.getsockname()[1], "a" * 64, "j" * 64, 10.0, 1.0), "child")
        actor.connect()
        channel, _ = stranger.accept()
        with channel:
            channel.sendall(shown)
            channel.shutdown(socket.SHUT_WR)

            with pytest.raises(ConnectionRefusedError, match="is not the judge of this actor"):
                actor.serve({})


def test_an_actor_that_dies_while_another_is_waited_for_is_told_at_once(a_stage):
    queue = a_stage.make_queue("Queue")
    child = a_stage.make_child(queue)
    child.begins(stage_roles.die_when_told)
    begun = time.monotonic()

    how = "died with exit code 7" if os.name == "posix" else "died"  # only there the busy parent can be asked
    with pytest.raises(Crashes, match=f"the process of child {how}"):
        queue.plays(stage_roles.put_and_wait_for_ever)

    assert time.monotonic() - begun < a_stage.settings.patience


def test_a_child_that_is_tidied_away_does_what_it_has_to_do_at_its_exit(supervisor, tmp_path):
    stage = Stage(Settings("multiprocessing", runs.judged_python, PATH), "spawn", supervisor)
    written = tmp_path / "written"
    stage.make_child().plays(stage_roles.write_at_exit, str(written))

    stage.tidy()

    assert stage.clean
    assert written.read_text() == "done"
    stage.end()


EXCEPTIONS = [value for value in vars(builtins).values() if isinstance(value, type) and issubclass(value, Exception)]


def test_every_exception_of_python_can_be_raised_again_here():
    for kind in EXCEPTIONS:
        known = [f"builtins.{base.__name__}" for base in kind.__mro__ if base is not object]
        error = raised_by("put('a')", {**described(Exception("why")), "name": kind.__name__, "known": known})

        assert error.is_a(kind)
        assert str(error) == "why", kind


def test_what_an_actor_raises_is_raised_here_with_its_traceback(a_stage):
    queue = a_stage.make_queue("Queue", 1)
    queue.put("a")

    with raises(Full) as caught:
        queue.put_nowait("b")

    assert isinstance(caught.error, (Raised, Full))
    assert "in put" in str(caught.error.__cause__)


def test_a_role_that_the_actor_cannot_find_is_a_fault_of_the_specification(a_stage):
    def local_role():
        """Cannot be found by name."""

    with pytest.raises(SuiteError):
        a_stage.parent.plays(local_role)


def test_items_are_made_by_the_actor(a_stage):
    queue = a_stage.make_queue("Queue")

    queue.put(made(stage_roles.echo, "made there"))

    assert queue.get() == "made there"
    assert "put(echo('made there'))" in str(a_stage.timeline)


def _patched_library(directory, old, new):
    """A copy of the standard library's multiprocessing in which one line is another."""
    home = Path(runs.judged_says("multiprocessing.__file__")).parent
    shutil.copytree(home, directory / "multiprocessing", ignore=shutil.ignore_patterns("__pycache__"))
    path = directory / "multiprocessing" / "queues.py"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_patched_library_first_on_the_path_is_what_is_judged_in_parent_and_child(judge, tmp_path):
    _patched_library(tmp_path, "    def get_nowait(self):", "    def get_nowait(self):\n        return 'patched'")
    rules = ("--rule", "get.nowait-equivalent", "--rule", "order.fifo-in-process")

    run = judge(*rules, *ONE_KIND, env={"PYTHONPATH": str(tmp_path)}, methods=())

    found = {(one["rule"], one["start_method"]): one["verdict"] for one in run.verdicts}
    assert found == {
        (rule, method): verdict
        for method in METHODS
        for rule, verdict in (("get.nowait-equivalent", "deviates"), ("order.fifo-in-process", "conforms"))
    }


def test_a_child_has_the_patched_library_too(supervisor, tmp_path, monkeypatch):
    _patched_library(tmp_path, "    def get_nowait(self):", "    def get_nowait(self):\n        return 'patched'")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    settings = Settings("multiprocessing", runs.judged_python, PATH, patience=20.0)
    stage = Stage(settings, "spawn", supervisor)

    child = stage.make_child(stage.make_queue("Queue"))

    assert child.get_nowait() == "patched"
    stage.end()


VERSIONS = [f"3.{minor}" for minor in RELEASED]


@pytest.mark.parametrize("version", VERSIONS)
def test_another_interpreter_is_judged_where_pytest_is_not_installed(judge, version):
    python = shutil.which(f"python{version}")
    if python is None or subprocess.run([python, "-c", ""], check=False, capture_output=True).returncode:
        pytest.skip(f"there is no python{version} on the path that starts")

    run = judge("--python", python, "--rule", "get.blocks-when-empty", *ONE_KIND, methods=())

    assert run.words("get.blocks-when-empty") == {"conforms"}
    assert f"CPython {version}." in run.output
