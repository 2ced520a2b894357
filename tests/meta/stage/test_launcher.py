"""The launcher, the parent of all judged programs: what they can name is neither the judge nor its reaper."""

import contextlib
import os
import re
import signal
import sys
import uuid

import psutil
import pytest
import runs
import stage_roles
from watching import having

from queuespec.stage import Crashes, Program, Settings, Stage, Supervisor, reaper
from queuespec.stage.processes import ProcessTree

pytestmark = pytest.mark.skipif(os.name != "posix", reason="on Windows, programs are children of the judge")

adopting = pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="nobody adopts orphans here")


@pytest.fixture
def kept():
    """A supervisor of this test alone."""
    with contextlib.closing(Supervisor()) as supervisor:
        yield supervisor


def started(supervisor, program, *arguments):
    """A Python program that runs by itself, and what its first line says."""
    tree = ProcessTree([sys.executable, "-I", "-S", "-c", program, *arguments], supervisor)
    assert tree.waits_for(lambda: b"\n" in tree._kept, 20.0), tree.output()
    return tree, tree.output().partition("\n")[0]


def launcher_of(supervisor):
    """The process id of the launcher, as a program finds it."""
    return int(started(supervisor, "import os; print(os.getppid())")[1])


WAITS = "import os, threading; print(os.getppid(), flush=True); threading.Event().wait()"


def test_the_ancestors_of_a_program_are_neither_the_judge_nor_its_reaper(kept):
    tree, _ = started(kept, WAITS)

    ancestors = {process.pid for process in psutil.Process(tree.pid).parents()}
    ours = {os.getpid(), *(one.pid for one in kept._reapers)}

    assert ancestors & ours == set()
    assert {os.getsid(tree.pid), os.getpgid(tree.pid)} == {tree.pid}
    launcher = launcher_of(kept)
    assert {os.getsid(launcher), os.getpgid(launcher)} == {launcher}


def test_a_program_is_not_told_the_ids_of_the_judge_and_its_reaper(kept):
    """By what it has from the judge; what the judge has from others, it passes on."""
    program = "import json, os, sys; print(json.dumps([dict(os.environ), sys.argv]))"
    _, said = started(kept, program, *map(str, [kept.directory]))

    inherited = " ".join(os.environ.values())
    ours = {str(os.getpid()), *(str(one.pid) for one in kept._reapers)}
    assert {word for word in re.findall(r"\d+", said) if word not in inherited} & ours == set()


def test_the_files_of_a_program_are_the_standard_ones(kept):
    _, said = started(kept, "import os; print(sorted(map(int, os.listdir('/dev/fd')))[:-1])")

    assert said == "[0, 1, 2]"


def test_a_program_has_the_directory_and_the_signals_of_its_judge(kept, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    looks = "import os, signal; print(os.getcwd(), signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)"

    assert started(kept, looks)[1] == f"{os.path.realpath(tmp_path)} True"


def test_a_directory_that_is_gone_is_no_reason_not_to_start(kept, tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()

    assert started(kept, "print('started')")[1] == "started"


@pytest.mark.parametrize(("name", "error"), [("missing", FileNotFoundError), ("plain", PermissionError)])
def test_what_cannot_be_executed_raises_what_the_system_says(kept, tmp_path, name, error):
    (tmp_path / "plain").touch()

    with pytest.raises(error, match=name):
        ProcessTree([str(tmp_path / name)], kept)


@pytest.mark.parametrize("end", ["os._exit(7)", "os.kill(os.getpid(), 9)"])
def test_exit_codes_are_those_of_the_program(kept, end):
    tree = ProcessTree([sys.executable, "-I", "-S", "-c", f"import os; {end}"], kept)

    assert tree.wait(20.0) == (7 if "7" in end else -signal.SIGKILL)


@pytest.mark.parametrize("name", ["SIGKILL", "SIGSTOP"])
def test_the_end_of_a_launcher_ends_its_programs_and_no_more(kept, name):
    kept._launcher._channel.settimeout(0.5)
    tree, launcher = started(kept, WAITS)
    assert kept.has_its_launcher()

    os.kill(int(launcher), getattr(signal, name))

    assert not kept.has_its_launcher()
    assert tree.wait(20.0) == -signal.SIGKILL
    assert tree.orphaned
    tree.close()
    assert kept.has_its_launcher()
    assert launcher_of(kept) != int(launcher)


def test_a_program_is_started_although_the_launcher_has_ended(kept):
    launcher = launcher_of(kept)
    os.kill(launcher, signal.SIGKILL)

    assert launcher_of(kept) != launcher


def test_a_stage_whose_launcher_is_killed_crashes(kept):
    stage = Stage(Settings("multiprocessing", runs.judged_python, (str(runs.META / "stage"),)), runs.METHOD, kept)

    with pytest.raises(Crashes, match=r"^kill_the_parent\(\): its process died with its parent process"):
        stage.parent.plays(stage_roles.kill_the_parent)
    stage.end()


def test_a_program_whose_launcher_is_killed_crashes(kept, tmp_path):
    (tmp_path / "some.py").write_text("import os\nos.kill(os.getppid(), 9)\nimport threading\nthreading.Event().wait()")
    program = Program(tmp_path / "some.py", (), Settings("", runs.judged_python, ()), "spawn", kept)

    with pytest.raises(Crashes, match=r"^the program some died with its parent process, which had been killed$"):
        program.succeeds()
    program.close()


TWICE = """
import contextlib, os
read, write = os.pipe()
if os.fork() == 0:
    if os.fork() == 0:
        os.write(write, str(os.getpid()).encode())
    os._exit(0)
os.wait()
orphan = int(os.read(read, 20))
with contextlib.suppress(ProcessLookupError):
    while True:
        os.kill(orphan, 0)
        os.sched_yield()
print("reaped", flush=True)
"""


@adopting
def test_orphans_are_reaped_when_they_end(kept):
    """As by the first process of a system: a program may look for the end of a process by its id."""
    assert started(kept, TWICE)[1] == "reaped"


LEAVES = """
import os, sys
executed, executing = os.pipe()
for variables in ({}, dict(os.environ)):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.closerange(0, executed)
            words = [sys.executable, "-I", "-S", "-c", "import time; time.sleep(1000)", sys.argv[1]]
            os.execve(sys.executable, words, variables)
        os._exit(0)
    os.wait()
os.close(executing)
os.read(executed, 1)
"""


def leaves(supervisor, tag, program=LEAVES):
    """Runs a program that leaves daemons with this argument; returns how many it has left."""
    tree = ProcessTree([sys.executable, "-I", "-S", "-c", program, tag], supervisor)
    assert tree.wait(20.0) == 0
    tree.close()
    return len(having(tag))


@adopting
@pytest.mark.parametrize("loses", [False, True], ids=["", "launcher killed"])
def test_what_has_left_its_session_is_ended_and_told(loses):
    """If the launcher is killed, nothing but a mark in the environment leads to what it had adopted."""
    tag = uuid.uuid4().hex
    supervisor = Supervisor()
    assert leaves(supervisor, tag) == 2
    if loses:
        os.kill(launcher_of(supervisor), signal.SIGKILL)
        assert not supervisor.has_its_launcher()

    supervisor.close()

    told = [one for one in supervisor.escaped if tag in one["command"]]
    stay = having(tag)
    for one in stay:
        one.kill()
    assert (len(told), len(stay)) == ((1, 1) if loses else (2, 0))
    assert all(one["started"] > 0 for one in told)


@adopting
def test_what_a_program_of_the_specification_leaves_is_ended_and_not_told():
    tag = uuid.uuid4().hex
    supervisor = Supervisor()
    supervisor.environment["QUEUESPEC_CONTEXT"] = "{}"
    assert leaves(supervisor, tag, LEAVES.replace("({}, dict(os.environ))", "[dict(os.environ)]")) == 1

    supervisor.close()

    assert having(tag) == []
    assert supervisor.escaped == []


LISTED = """\
  101 python some.py HOME=/ QUEUESPEC_MARK=abcd PATH=/bin
  102 python some.py QUEUESPEC_MARK=abcde
  103 python QUEUESPEC_MARK=abcd
"""


def test_where_processes_are_not_shown_as_files_a_program_lists_them(monkeypatch, tmp_path):
    (tmp_path / "ps").write_text(f"#!/bin/sh\ncat <<'END'\n{LISTED}END\n")
    (tmp_path / "ps").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(reaper.os.path, "isdir", lambda path: False)

    assert reaper.marked("abcd") == {101, 103}


def test_where_no_program_lists_them_none_are_found(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(reaper.os.path, "isdir", lambda path: False)

    assert reaper.marked("abcd") == set()
