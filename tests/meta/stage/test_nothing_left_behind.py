"""No process, semaphore, socket or temporary file outlives a run, however it ends."""

import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import psutil
import pytest
from runs import CROSS_SECTION, ONE_KIND, environment, rest
from watching import ENDS, alone_and_in_parallel, having, marked, semaphores


def skip_where_semaphores_are_hidden():
    if not Path("/dev/shm").is_dir():
        pytest.skip("this system does not show its semaphores: nobody could remove them")


RULES = ("--rule", "get.blocks-when-empty", "--rule", "order.fifo-in-process")

MANAGERS = (
    "manager.visible-at-once",
    "manager.shutdown-idempotent",
    "manager.lifetime-manager",
    "manager.lifetime-proxies",
    "manager.remote-queue",
)
"""Rules that need managers: the one that a stage keeps, and those of a test's own."""
OF_MANAGERS = [word for slug in MANAGERS for word in ("--rule", slug)]


@alone_and_in_parallel
def test_after_a_green_run(run, parallel):
    watched = run(*RULES[:2], *OF_MANAGERS, parallel=parallel)

    watched.is_gone()
    assert watched.process.returncode == 0


@pytest.mark.parametrize(
    "breaking",
    rest(
        ("put:exit", "put:semaphore", "put:unfinished", "get:c", "get:lock", "unpickling:c", "start:kill"),
        ("put:semaphore", "put:unfinished", "start:kill"),
    ),
)
@alone_and_in_parallel
def test_after_a_run_of_a_queue_that_breaks(run, parallel, breaking):
    if breaking in ("put:semaphore", "put:unfinished"):
        skip_where_semaphores_are_hidden()
    options = ("--implementation", "breaking", "--patience", "1", *RULES, *ONE_KIND)
    run(*options, *(("-n1",) if parallel else ()), parallel=parallel, env={"BREAKING": breaking}).is_gone()


@pytest.mark.skipif(os.name != "posix", reason="Windows ends processes without signals")
@pytest.mark.parametrize("way", rest(("c", "lock", "unfinished"), ("c", "unfinished")))
@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.name)
@alone_and_in_parallel
def test_after_a_signal_while_the_queue_blocks(run, parallel, end, way, tmp_path):
    if way == "unfinished":
        skip_where_semaphores_are_hidden()
    results = tmp_path / "results.jsonl"
    options = ("--implementation", "breaking", "--patience", "100", "--results", results, *RULES)
    watched = run(*options, parallel=parallel, env={"BREAKING": f"get:{way}"})
    watched.reaches_a_hang()

    watched.process.send_signal(end)

    if end == signal.SIGINT:
        assert watched.process.wait(15) == pytest.ExitCode.INTERRUPTED
        assert "not-run" in results.read_text(encoding="utf-8")
    watched.is_gone()


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.name)
@pytest.mark.skipif(os.name != "posix", reason="Windows ends processes without signals")
def test_after_a_signal_before_anything_is_judged(run, end):
    watched = run("--implementation", "breaking", *RULES, parallel=False, env={"BREAKING": "constructor:lock"})
    watched.has_started(["the judge", "its reaper", "a stage"])

    watched.process.send_signal(end)

    watched.is_gone()
    assert watched.process.returncode == (pytest.ExitCode.INTERRUPTED if end == signal.SIGINT else -end)


STARTING = """
import pathlib, subprocess, sys, threading


class Adapter:
    def queue(self, kind, owner, maxsize=0):
        return owner.Queue(maxsize)

    def serve(self):
        words = [sys.executable, "-c", "import threading; threading.Event().wait()"]
        server = subprocess.Popen(words, start_new_session=True)
        try:
            pathlib.Path(__file__).with_name("started").touch()
            threading.Event().wait()
            yield {}
        finally:
            server.kill()
"""


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM], ids=lambda end: end.name)
@pytest.mark.skipif(os.name != "posix", reason="Windows ends processes without signals")
def test_after_a_signal_while_a_server_starts(run, tmp_path, end):
    """Nobody finds what has a session of its own: the adapter ends it."""
    (tmp_path / "starting.py").write_text(STARTING, encoding="utf-8")
    watched = run("--implementation", tmp_path / "starting.py", *RULES, parallel=False)
    watched.has_made(tmp_path / "started")

    watched.process.send_signal(end)

    watched.is_gone()


@alone_and_in_parallel
def test_after_the_main_process_is_killed(run, parallel):
    options = ("--implementation", "breaking", "--patience", "100", *RULES)
    watched = run(*options, parallel=parallel, env={"BREAKING": "put:lock"})
    watched.reaches_a_hang()

    watched.process.kill()

    watched.is_gone()


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="nobody adopts orphans here")
@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.name)
def test_after_a_signal_while_daemons_of_the_queue_run(run, end):
    tag = uuid.uuid4().hex[:8]
    env = {"HOSTILE": "get:leaves_daemons_and_hangs", "HOSTILE_TAG": f".{int(tag, 16):010}"}
    watched = run("--implementation", "hostile", "--patience", "100", *RULES, *ONE_KIND, parallel=False, env=env)
    watched.reaches_a_hang()
    deadline = time.monotonic() + 60
    while len(daemons := having(env["HOSTILE_TAG"])) < 2:
        assert time.monotonic() < deadline, daemons
        time.sleep(0.05)

    watched.process.send_signal(end)

    watched.is_gone()
    assert psutil.wait_procs(daemons, 5.0)[1] == []


@pytest.mark.skipif(os.name != "posix", reason="Windows ends processes without signals")
@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.name)
def test_after_a_signal_while_faults_are_judged(run, end):
    rules = [word for slug in CROSS_SECTION for word in ("--rule", slug)]
    words = [sys.executable, "-m", "queuespec", "faults", "--judge", "get-hangs-in-c", "lifo", *rules]
    watched = run(parallel=False, words=words)
    watched.has_started(["grid", "its reaper", "a judge", "its reaper", "a stage"])

    watched.process.send_signal(end)

    watched.is_gone()
    assert watched.process.returncode == (2 if end == signal.SIGINT else -end)


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="this system does not show its semaphores")
def test_a_semaphore_that_stayed_would_be_seen():
    mark = uuid.uuid4().hex
    holding = "import multiprocessing; lock = multiprocessing.get_context('spawn').Lock(); print(flush=True); input()"
    holder = subprocess.Popen(
        [sys.executable, "-c", holding],
        env=environment(**marked(mark)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )

    assert holder.stdout.readline()
    assert len(semaphores(mark)) == 1
    holder.communicate(b"\n")
    assert semaphores(mark) == []
