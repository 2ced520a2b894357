"""The reaper: what its owner leaves is asked to end, then killed; it ends itself when nothing is left."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from queuespec.stage import reaper

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows ends processes itself, by job objects")

STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); input()"


@pytest.fixture
def group():
    """Starts a process group: ``group(program)``."""
    with contextlib.ExitStack() as ends:

        def start(program, *arguments):
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", program, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,
            )
            ends.callback(process.communicate)
            ends.callback(process.kill)
            assert process.stdout.readline() == b"\n"
            return process

        yield start


@contextlib.contextmanager
def hidden_processes(monkeypatch):
    """A system that does not show its processes."""
    with monkeypatch.context() as changed:
        changed.setattr(os.path, "isdir", lambda path: False)
        yield


@pytest.mark.parametrize("prefix", ["sem.", ""], ids=["glibc", "musl"])
def test_what_an_owner_leaves_is_ended_and_removed(group, tmp_path, prefix):
    left, gone = group("print(flush=True); input()"), group("print(flush=True); input()")
    directory, mark = tmp_path / "left", tmp_path.name
    (directory / "deep").mkdir(parents=True)
    semaphore = Path(f"/dev/shm/{prefix}queuespec-{os.getpid()}-{mark}-1")
    with contextlib.suppress(OSError):
        semaphore.touch()
    words = [sys.executable, "-I", reaper.__file__, str(directory), mark]
    told = f"+{left.pid}\n+{gone.pid}\n-{gone.pid}\n".encode()

    threading.Thread(target=left.wait).start()  # as the system reaps an orphan
    subprocess.run(words, input=told, check=True, timeout=20)

    assert left.wait(5) == -signal.SIGTERM
    assert gone.poll() is None
    assert not directory.exists()
    assert not semaphore.exists()


def test_the_program_at_the_end_is_run_where_the_directory_still_is(tmp_path):
    directory, seen = tmp_path / "left", tmp_path / "seen"
    directory.mkdir()
    program = f"import os, pathlib; pathlib.Path({str(seen)!r}).write_text(str(os.path.isdir(os.environ['LEFT'])))"
    command = json.dumps([[sys.executable, "-c", program], {"LEFT": str(directory)}])
    words = [sys.executable, "-I", reaper.__file__, str(directory), "no mark"]

    for told, expected in ((f"*{command}\n", True), (f"*{command}\n*null\n", False)):
        seen.unlink(missing_ok=True)
        directory.mkdir(exist_ok=True)
        subprocess.run(words, input=told.encode(), check=True, timeout=20)
        assert seen.exists() == expected
        assert not expected or seen.read_text() == "True"
        assert not directory.exists()


def test_it_is_ended_if_it_hangs_with_all_that_it_has_started(tmp_path, monkeypatch):
    seen = tmp_path / "seen"
    hangs = "import signal; signal.pause()"
    tells = f"open({str(seen)!r}, 'w').write(str(child))"
    starts = f"import os, signal; child = os.fork(); child and {tells}; signal.pause()"
    monkeypatch.setattr(reaper, "LONGEST_RUN", 1.0)

    for program in (hangs, starts):
        reaper.run([sys.executable, "-c", program], {})

    child = int(seen.read_text())
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and psutil.pid_exists(child) and psutil.Process(child).status() != "zombie":
        time.sleep(0.01)
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == "zombie"


def test_a_program_that_cannot_be_run_is_no_reason_to_leave_the_rest(tmp_path):
    reaper.run([str(tmp_path / "no such program")], {})


def test_a_directory_into_which_somebody_keeps_writing_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(reaper, "GRACE", 0.05)
    monkeypatch.setattr(shutil, "rmtree", lambda path, ignore_errors: None)
    monkeypatch.setattr(signal, "signal", lambda number, how: None)
    monkeypatch.setattr(sys, "stdin", [])

    reaper.main(str(tmp_path), "no mark")

    assert tmp_path.exists()


def test_a_process_that_does_not_end_when_asked_is_killed(group, monkeypatch):
    monkeypatch.setattr(reaper, "GRACE", 0.05)
    stubborn = group(STUBBORN)

    reaper.end_groups([stubborn.pid])

    assert stubborn.wait(5) == -signal.SIGKILL


def test_the_same_where_the_system_does_not_show_its_processes(group, monkeypatch):
    monkeypatch.setattr(reaper, "GRACE", 0.05)
    stubborn = group(STUBBORN)

    with hidden_processes(monkeypatch):
        reaper.end_groups([stubborn.pid])

    assert stubborn.wait(5) == -signal.SIGKILL


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="this system does not show its processes")
def test_a_resource_tracker_is_spared(group):
    tracker = group(STUBBORN, "resource_tracker")

    reaper.kill(tracker.pid)

    time.sleep(0.05)
    assert tracker.poll() is None


def test_a_process_that_is_gone_stands_still(group):
    process = group("print(flush=True)")
    process.wait()

    assert reaper.stands_still(process.pid)


def test_a_group_that_may_not_be_signaled_exists(monkeypatch):
    def refuse(group, number):
        raise PermissionError

    monkeypatch.setattr(os, "killpg", refuse)

    assert reaper.send_signal(1, 0)
