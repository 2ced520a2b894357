"""The reaper: what its owner leaves is asked to end, then killed; it ends itself when nothing is left."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

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


def test_what_an_owner_leaves_is_ended_and_removed(group, tmp_path):
    left, gone = group("print(flush=True); input()"), group("print(flush=True); input()")
    directory, mark = tmp_path / "left", tmp_path.name
    (directory / "deep").mkdir(parents=True)
    semaphore = Path(f"/dev/shm/sem.queuespec-{os.getpid()}-{mark}-1")
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
