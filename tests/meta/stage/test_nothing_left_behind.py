"""No process, semaphore, socket or temporary file outlives a run, however it ends."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import psutil
import pytest
from runs import CHECKOUT, CROSS_SECTION, META, ONE_KIND, command, environment, rest

SECONDS = 5.0
"""How long after a run something of it may still be there."""

SHORT = "/tmp" if os.name == "posix" else None
"""A directory with a short name: a run puts its temporary files elsewhere where sockets would get too long a name."""

ENDS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGKILL") if hasattr(signal, name)]

MARK = "QUEUESPEC_META_RUN"
BREAKING = str(META / "implementations")
MARKING = str(META / "marking")


class Watched:
    """A run that can be told from everything else on this machine, by a mark in the environment of its processes."""

    def __init__(self, directory, words, env=()):
        self.mark = uuid.uuid4().hex
        self.directory = directory
        changes = {
            **marked(self.mark),
            "TMPDIR": str(directory),
            "TEMP": str(directory),
            "TMP": str(directory),
            **dict(env),
        }
        extra = {"start_new_session": True} if os.name == "posix" else {}
        # A shell that runs us in the background has us ignore Ctrl-C, and so would the run.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.process = subprocess.Popen(
            words,
            cwd=CHECKOUT,
            env=environment(**changes),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **extra,
        )
        signal.signal(signal.SIGINT, before)

    def processes(self):
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError, SystemError):
                if process.status() != psutil.STATUS_ZOMBIE and process.environ().get(MARK) == self.mark:
                    found.append(process)
        return found

    def reaches_a_hang(self):
        """Waits until the judged queue has been called where it blocks, by the first check and by a rule."""
        places = set()
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            places.update(path.parent for path in self.directory.glob("**/called"))
            if len(places) > 1:
                assert len(self.processes()) > 2, "the judge, its reaper and a stage should be seen"
                return
            time.sleep(0.05)
        raise AssertionError("the run did not get to the call that blocks")

    def has_started(self, everybody):
        """Waits until there are so many processes."""
        deadline = time.monotonic() + 60
        while len(self.processes()) < len(everybody):
            assert time.monotonic() < deadline, f"there should be {everybody}"
            time.sleep(0.05)

    def is_gone(self):
        """Asserts that nothing of the run is left soon after its main process has ended."""
        self.process.wait(120)
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline and (self.processes() or self._files() or semaphores(self.mark)):
            time.sleep(0.1)
        assert [(process.pid, process.cmdline()) for process in self.processes()] == []
        assert self._files() == []
        assert semaphores(self.mark) == []

    def _files(self):
        return [
            path for path in self.directory.iterdir() if path.name != "called" and not path.name.startswith("pytest-")
        ]


def marked(mark):
    """The environment in which processes and semaphores can be told from all others."""
    return {MARK: mark, "PYTHONPATH": os.pathsep.join([MARKING, BREAKING])}


def skip_where_semaphores_are_hidden():
    if not Path("/dev/shm").is_dir():
        pytest.skip("this system does not show its semaphores: nobody could remove them")


def semaphores(mark):
    """The names of those that were made under this mark, where the system shows them."""
    return [path.name for name in (f"{mark[:8]}-*", mark[:6]) for path in Path("/dev/shm").glob(f"sem.{name}")]


@pytest.fixture
def run():
    started = []
    with tempfile.TemporaryDirectory(prefix="q", dir=SHORT) as directory:

        def start(*options, parallel, env=(), words=None):
            started.append(Watched(Path(directory), words or command(*options, parallel=parallel), env))
            return started[-1]

        yield start
        for one in started:
            for process in one.processes():
                process.kill()


alone_and_in_parallel = pytest.mark.parametrize(
    "parallel", rest([False, True], [True]), ids=lambda parallel: "parallel" if parallel else "alone"
)
"""In parallel, which has all the processes of a run alone and more; alone in thorough runs only."""
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


@alone_and_in_parallel
def test_after_the_main_process_is_killed(run, parallel):
    options = ("--implementation", "breaking", "--patience", "100", *RULES)
    watched = run(*options, parallel=parallel, env={"BREAKING": "put:lock"})
    watched.reaches_a_hang()

    watched.process.kill()

    watched.is_gone()


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
