"""Runs that are watched from outside until nothing of them is left."""

import contextlib
import os
import signal
import subprocess
import time
import uuid
from pathlib import Path

import psutil
import pytest
from runs import CHECKOUT, META, environment, rest

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

    def has_made(self, path):
        """Waits until there is such a file."""
        deadline = time.monotonic() + 60
        while not path.exists():
            assert time.monotonic() < deadline, f"there should be {path}"
            time.sleep(0.05)

    def is_gone(self, seconds=SECONDS):
        """Asserts that nothing of the run is left soon after its main process has ended."""
        self.process.wait(120)
        deadline = time.monotonic() + seconds
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


def having(tag):
    """The processes with an argument that ends with this."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError, SystemError):
            if any(word.endswith(tag) for word in process.cmdline()):
                found.append(process)
    return found


def semaphores(mark):
    """The names of those that were made under this mark, where the system shows them."""
    prefixes = ("sem.", "")  # glibc's, musl's
    names = [prefix + name for prefix in prefixes for name in (f"{mark[:8]}-*", mark[:6])]
    return [path.name for name in names for path in Path("/dev/shm").glob(name)]


alone_and_in_parallel = pytest.mark.parametrize(
    "parallel", rest([False, True], [True]), ids=lambda parallel: "parallel" if parallel else "alone"
)
"""In parallel, which has all the processes of a run alone and more; alone in thorough runs only."""
