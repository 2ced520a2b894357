"""No process, semaphore, socket or temporary file outlives a run, however it ends."""

import contextlib
import os
import signal
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

import psutil
import pytest
from runs import CHECKOUT, command, environment, rest

SECONDS = 5.0
"""How long after a run something of it may still be there."""

MARK = "QUEUESPEC_META_RUN"
BREAKING = str(Path(__file__).with_name("implementations"))


class Watched:
    """A run that can be told from everything else on this machine, by a mark in the environment of its processes."""

    def __init__(self, folder, *options, parallel, env=()):
        self.mark = uuid.uuid4().hex
        self.folder = folder
        self._semaphores = semaphores()
        changes = {MARK: self.mark, "TMPDIR": str(folder), "TEMP": str(folder), "TMP": str(folder), **dict(env)}
        extra = {"start_new_session": True} if os.name == "posix" else {}
        # A shell that runs us in the background has us ignore Ctrl-C, and so would the run.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.process = subprocess.Popen(
            command(*options, parallel=parallel),
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
            with contextlib.suppress(psutil.Error, OSError):
                if process.status() != psutil.STATUS_ZOMBIE and process.environ().get(MARK) == self.mark:
                    found.append(process)
        return found

    def reaches_a_hang(self):
        """Waits until the judged queue has been called where it blocks."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if list(self.folder.glob("**/called")):
                assert len(self.processes()) > 2, "the judge, its warden and a stage should be seen"
                return
            time.sleep(0.05)
        raise AssertionError("the run did not get to the call that blocks")

    def is_gone(self):
        """Asserts that nothing of the run is left soon after its main process has ended."""
        self.process.wait(120)
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline and (self.processes() or self._files()):
            time.sleep(0.1)
        assert [(process.pid, process.cmdline()) for process in self.processes()] == []
        assert self._files() == []
        assert self._lasting_semaphores() == set()

    def _lasting_semaphores(self):
        """Semaphores that came during the run and do not go. Those of other runs do: ours would stay for ever."""
        lasting = semaphores() - self._semaphores
        deadline = time.monotonic() + 60
        while lasting and time.monotonic() < deadline:
            time.sleep(0.1)
            lasting &= semaphores()
        return lasting

    def _files(self):
        return [path for path in self.folder.iterdir() if path.name != "called" and not path.name.startswith("pytest-")]


def semaphores():
    folder = Path("/dev/shm")
    return {path.name for path in folder.glob("sem.*")} if folder.is_dir() else set()


@pytest.fixture
def run():
    started = []
    with tempfile.TemporaryDirectory(prefix="q") as folder:
        # Its path is short: a run puts its temporary files elsewhere where sockets would get too long a name.

        def start(*options, parallel, env=()):
            started.append(Watched(Path(folder), *options, parallel=parallel, env=env))
            return started[-1]

        yield start
        for one in started:
            for process in one.processes():
                process.kill()


pytestmark = pytest.mark.parametrize("parallel", [False, True], ids=["alone", "parallel"])
RULES = ("--rule", "get.blocks-when-empty", "--rule", "order.fifo-in-process")


def test_after_a_green_run(run, parallel):
    run(*RULES, parallel=parallel).is_gone()


@pytest.mark.parametrize(
    "breaking",
    rest(("put:exit", "get:regex", "get:lock", "unpickling:regex", "start:kill"), ("get:regex", "start:kill")),
)
def test_after_a_run_of_a_queue_that_breaks(run, parallel, breaking):
    options = ("--implementation", "breaking", "--patience", "1", *RULES)
    run(*options, parallel=parallel, env={"BREAKING": breaking, "PYTHONPATH": BREAKING}).is_gone()


@pytest.mark.skipif(os.name != "posix", reason="Windows ends processes without signals")
@pytest.mark.parametrize("way", rest(("regex", "lock"), ("regex",)))
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda end: end.name)
def test_after_a_signal_while_the_queue_blocks(run, parallel, end, way):
    options = ("--implementation", "breaking", "--patience", "100", *RULES)
    watched = run(*options, parallel=parallel, env={"BREAKING": f"get:{way}", "PYTHONPATH": BREAKING})
    watched.reaches_a_hang()

    watched.process.send_signal(end)

    watched.is_gone()


@pytest.mark.skipif(os.name != "posix", reason="Windows ends processes without signals")
def test_interrupting_ends_the_run_soon_and_calls_the_rest_not_run(run, parallel, tmp_path):
    results = tmp_path / "results.jsonl"
    options = ("--implementation", "breaking", "--patience", "100", "--results", results, *RULES)
    watched = run(*options, parallel=parallel, env={"BREAKING": "get:lock", "PYTHONPATH": BREAKING})
    watched.reaches_a_hang()

    watched.process.send_signal(signal.SIGINT)

    assert watched.process.wait(15) == pytest.ExitCode.INTERRUPTED
    assert "not-run" in results.read_text(encoding="utf-8")
    watched.is_gone()


def test_after_the_main_process_is_killed(run, parallel):
    options = ("--implementation", "breaking", "--patience", "100", *RULES)
    watched = run(*options, parallel=parallel, env={"BREAKING": "put:lock", "PYTHONPATH": BREAKING})
    watched.reaches_a_hang()

    watched.process.kill()

    watched.is_gone()
