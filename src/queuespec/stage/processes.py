"""The judge's side of processes: whatever is started here ends with the judge, and so do all its descendants.

A reaper (see `queuespec.stage.reaper`) removes what a judge leaves behind. On POSIX a process tree is a session of its
own, which the reaper ends; on Windows it is a job object that the system ends with its last handle.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Callable

from queuespec.actors.protocol import MARK
from queuespec.stage import reaper, windows_jobs
from queuespec.stage.launching import Forked, Forker, Gone
from queuespec.stage.preloading import Preloader
from queuespec.stage.settings import Settings

KEPT_OUTPUT = 1 << 16
"""Number of bytes to keep of a process tree's output; the last ones are kept."""

SUSPENDED = 0x4 if sys.platform == "win32" else 0
"""CREATE_SUSPENDED: on Windows a program starts to run only when it is in its job."""

APART = 0x8000200 if sys.platform == "win32" else 0
"""CREATE_NO_WINDOW and CREATE_NEW_PROCESS_GROUP: Ctrl-C is not for a reaper."""

LAST_WORDS = 2.0
"""Timeout for the rest of a program's output after the program has ended, in seconds."""

LONGEST_STACK = 1.0
"""Timeout for a requested stack to be printed, in seconds."""

SETTLED = 0.02
"""Seconds without further output after which a stack is complete."""

ORPHANED = "died with its parent process, which had been killed"
"""How a program ended whose launcher was killed."""

LONGEST_PARENT = 47
"""Maximum length of the parent of a temporary directory, in bytes. `multiprocessing` makes its sockets in another
directory, which nobody removes then, if the name of this one is too long: outside of Linux, if it has more than 59
(CPython 3.14.10, 3.15.2); our own part takes 12 of them. The TMPDIR of macOS has 48."""


def temporary_directory() -> str:
    """A new directory, with a name short enough for sockets if possible. Raises `OSError` if none is writable."""
    parent = tempfile.gettempdir()
    if os.name == "posix" and len(os.fsencode(parent)) > LONGEST_PARENT and os.access("/tmp", os.W_OK | os.X_OK):
        parent = "/tmp"
    return tempfile.mkdtemp(prefix="qs-", dir=parent)


class ProcessTree:
    """A program and all its descendants. Raises `OSError` if the program cannot be started.

    `stdin` is all of its standard input, which is left open if it is None.
    """

    def __init__(
        self,
        command: Sequence[str],
        supervisor: Supervisor,
        stdin: str | None = "",
        env: Mapping[str, str] | None = None,
    ) -> None:
        self._supervisor = supervisor
        self._kept = bytearray()
        self.written = 0
        self._begun = time.monotonic()
        self.silent: float | None = None
        """How long it took until something was printed, in seconds; None before."""
        self._news = threading.Condition()
        """Guards the output that has been read; notified when there is more, and when the program ends."""
        self._ended = False
        whole = {**os.environ, **supervisor.environment, **(env or {})}
        self.popen = supervisor.launched(command, whole) or subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=whole,
            start_new_session=os.name == "posix",
            creationflags=SUSPENDED,
        )
        self.pid = self.popen.pid
        try:
            supervisor.adopt(self)
        except BaseException:
            self.popen.kill()
            self.popen.communicate()
            raise
        self._reader = threading.Thread(target=self._read, name="output of a program", daemon=True)
        self._reader.start()
        threading.Thread(target=self._see_the_end, name="end of a program", daemon=True).start()
        assert self.popen.stdin is not None
        with contextlib.suppress(OSError):
            if stdin is not None:
                self.popen.stdin.write(stdin.encode())
                self.popen.stdin.close()

    def _read(self) -> None:
        assert self.popen.stdout is not None
        with self.popen.stdout as stream:
            for data in iter(functools.partial(os.read, stream.fileno(), 1 << 16), b""):
                with self._news:
                    if not self.written:
                        self.silent = time.monotonic() - self._begun
                    self._kept += data
                    self.written += len(data)
                    del self._kept[:-KEPT_OUTPUT]
                    self._news.notify_all()

    def _see_the_end(self) -> None:
        if hasattr(os, "waitid") and isinstance(self.popen, subprocess.Popen):
            # Does not reap the program, so its process id is not reused.
            with contextlib.suppress(ChildProcessError):
                os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        else:
            self.popen.wait()
        with self._news:
            self._ended = True
            self._news.notify_all()

    def output(self, since: int = 0) -> str:
        """The last `KEPT_OUTPUT` bytes that the tree has printed, but none before byte `since`."""
        with self._news:
            kept = self._kept[max(0, since - (self.written - len(self._kept))) :]
        return kept.decode("utf-8", "replace").replace("\r\n", "\n")

    def forget_output(self) -> None:
        """Discards the output so far."""
        with self._news:
            self._kept.clear()

    def waits_for(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Waits at most `seconds` for a condition, checked whenever the tree prints or its program ends."""
        with self._news:
            return self._news.wait_for(condition, max(0.0, seconds))

    def _prints_within(self, seconds: float) -> bool:
        seen = self.written
        return self.waits_for(lambda: self.written > seen, seconds)

    def where(self, name: str, send_signal: Callable[[int], None] | None = None, stretch: float = 1.0) -> str:
        """The Python stacks of a process, most recent call first, after an empty line and its name; empty if none.

        `faulthandler` prints them when the process is sent a signal. Without `send_signal`, its timer may have.
        On a slow machine, `stretch` is how many times as long that may take.
        """
        before, stack = self.written, ""
        if send_signal is None:
            stack = stack_in(self.output().rpartition("Timeout (")[2])
        else:
            with contextlib.suppress(OSError, AttributeError):  # Windows does not have this signal
                send_signal(signal.SIGUSR2)
        if not stack:
            deadline = time.monotonic() + stretch * LONGEST_STACK
            if self.waits_for(lambda: bool(stack_in(self.output(before))), stretch * LONGEST_STACK):
                while self._prints_within(stretch * SETTLED) and time.monotonic() < deadline:
                    pass
            stack = stack_in(self.output(before))
        return f"\n\nwhere {name} was:\n{stack}" if stack else ""

    @property
    def is_new(self) -> bool:
        """Whether an interpreter was started for it, and not forked."""
        return not isinstance(self.popen, Forked) or self.popen.is_new

    @property
    def has_ended(self) -> bool:
        """Whether the program has ended; its descendants may still print something."""
        return self.popen.poll() is not None

    def wait(self, seconds: float) -> int | None:
        """Exit code of the program (negative for a signal), or None if it still runs after `seconds`."""
        if self.has_ended or self.waits_for(lambda: self._ended, seconds):
            return self.popen.wait()
        return None

    def reads_until(self, deadline: float) -> bool:
        """Reads output until this `time.monotonic()`; returns whether a process may still print something."""
        self._reader.join(max(0.0, deadline - time.monotonic()))
        return self._reader.is_alive()

    def asks_to_end(self, seconds: float) -> None:
        """Sends the tree SIGTERM and waits for the end of its program. Windows cannot ask."""
        if os.name == "posix":
            reaper.ask_to_end([self.pid])
            self.wait(seconds)

    def end(self, known: Iterable[int] = ()) -> None:
        """Ends the tree now. `known` are process ids of members that can be killed directly."""
        if os.name == "posix":
            reaper.ask_to_end([self.pid])
            for pid in (self.pid, *known):
                with contextlib.suppress(OSError):
                    if os.getpgid(pid) == self.pid:
                        os.kill(pid, signal.SIGKILL)
        elif sys.platform == "win32":
            windows_jobs.end(self._supervisor.jobs[self])
        self.close()
        if self.wait(LAST_WORDS) is None:
            self._supervisor.has_its_launcher()  # or nobody says that the program has ended
        self.popen.wait()

    @property
    def orphaned(self) -> bool:
        """Whether the parent of the program has ended before it."""
        return isinstance(self.popen, Forked) and self.popen.orphaned

    def close(self) -> None:
        """Releases a tree whose program has ended."""
        self._supervisor.release(self)


def how_ended(code: int | None) -> str:
    """How a process with this exit code ended; None if the code is unknown."""
    if code is None:
        return "died"
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"died of signal {-code} ({signal.Signals(-code).name})"
        return f"died of signal {-code}"
    return f"died with exit code {code}"


def stack_in(output: str) -> str:
    """The lines that `faulthandler` has written, without the frames of the actor itself."""
    ours = tuple(f'{mark}actors{mark}{name}.py"' for mark in "/\\" for name in ("actor", "main", "parent"))
    lines = [line for line in output.splitlines() if line.startswith(("Thread 0x", "Current thread", '  File "'))]
    return "\n".join(line for line in lines if not any(name in line for name in ours))


class Supervisor:
    """Everything a judge has started, and its directory for temporary files. Closing it leaves nothing behind.

    On POSIX, programs that are `judged` are started by a launcher (see `queuespec.stage.launcher`); ours need none.
    """

    def __init__(self, judged: bool = True) -> None:
        self.directory = temporary_directory()
        self.mark = secrets.token_hex(4)
        self.jobs: dict[ProcessTree, int] = {}
        """The handles of the trees, on Windows."""
        self.environment = {MARK: self.mark, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), self.directory)}
        """What all trees have in their environment."""
        self.untidy = False
        """Whether something may be left on a server, by processes that could not remove it."""
        self._tidying: list[str] = []
        self._trees: set[ProcessTree] = set()
        self._ending: list[ProcessTree] = []
        self._preloads: Settings | None = None
        self._preloader: Preloader | None = None
        self._programs = 0
        self._launcher: Forker | None = None
        self._reapers: list[subprocess.Popen[bytes]] = []
        """The last one has forked the launcher."""
        self.escaped: list[dict[str, Any]] = []
        """Once all is closed: what had left its tree and did not end by itself (see `queuespec.stage.reaper`)."""
        self._starts_reaper(judged and os.name == "posix")

    def _starts_reaper(self, launches: bool) -> None:
        command = [sys.executable, "-I", "-S", reaper.__file__, self.directory, self.mark]
        with contextlib.ExitStack() as ours:
            numbers = []
            if launches:
                channel, theirs = socket.socketpair()
                self._launcher = Forker(channel)
                numbers.append(ours.enter_context(theirs).fileno())
            started = subprocess.Popen(
                [*command, *map(str, numbers)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=os.name == "posix",
                creationflags=APART,
                pass_fds=numbers,
            )
            self._reapers.append(started)

    def _tell_reaper(self, sign: str, what: object, *reapers: subprocess.Popen[bytes]) -> None:
        for one in reapers or self._reapers:
            assert one.stdin is not None
            with contextlib.suppress(OSError, ValueError):
                one.stdin.write(f"{sign}{json.dumps(what)}\n".encode())
                one.stdin.flush()

    def preloads(self, settings: Settings) -> None:
        """Starts programs, from here on, in an interpreter that has imported the implementation, as soon as it pays."""
        self._preloads = settings

    def launched(self, command: Sequence[str], env: Mapping[str, str]) -> Forked | None:
        """A program that another process has started, if that is possible in an interpreter that has imported the
        implementation; None if it has to be a child of this process. Raises `OSError` if it cannot be started."""
        if self._launcher is None:
            return None
        for _ in "first", "second":
            try:
                return self._preloaded(self._launcher, command, env) or self._launcher.start(command, env)
            except Gone:
                self.gives_up_its_launcher()
        raise OSError("the process that starts programs was killed twice")

    def _preloaded(self, launcher: Forker, command: Sequence[str], env: Mapping[str, str]) -> Forked | None:
        """A program in an interpreter that has imported the implementation, if that pays. Raises `Gone`."""
        settings = self._preloads
        if self._preloader is None and settings is not None and Preloader.is_worth_it(settings, self._programs):
            self._preloader = Preloader(settings, {**os.environ, **self.environment}, launcher)
            self._tell_reaper("+", self._preloader.popen.pid)
        self._programs += 1
        return None if self._preloader is None else self._preloader.starts(command, env)

    def has_its_launcher(self) -> bool:
        """Whether the parent of what is judged still does its work; if not, all trees end, and another one does it."""
        if self._launcher is None or self._launcher.is_there():
            return True
        self.gives_up_its_launcher()
        return False

    def gives_up_its_launcher(self) -> None:
        """Ends the launcher, which was killed or has been stopped, and has another one."""
        assert self._launcher is not None
        self._tell_reaper("!", 0, self._reapers[-1])
        self._launcher.close()
        if self._preloader is not None:
            self._preloader.close()
            self._preloader = None
        self._starts_reaper(launches=True)
        for tree in self._trees:
            self._tell_reaper("+", tree.pid, self._reapers[-1])

    def has_tidied(self, command: list[str]) -> None:
        """Has the reaper run a program at the end, which removes what is left on a server; an empty command is none."""
        if command and command != self._tidying:
            self._tell_reaper("*", [command, self.environment], self._reapers[0])
            self._tidying = command

    def adopt(self, tree: ProcessTree) -> None:
        """Supervises a tree whose program has just been started. Raises `OSError` if Windows refuses."""
        if os.name == "posix":
            self._tell_reaper("+", tree.pid)
        elif sys.platform == "win32":
            self.jobs[tree] = windows_jobs.job_with(tree.pid)
        self._trees.add(tree)

    def release(self, tree: ProcessTree) -> None:
        """Keeps supervising the descendants of a program that has ended until they have ended by themselves."""
        self._trees.discard(tree)
        self._ending.append(tree)
        self._sweep()

    def _sweep(self, seconds: float = 0.0) -> None:
        """Forgets ended trees. When a tree's output ends, so have its processes, except those that have closed it: they
        are killed."""
        deadline = time.monotonic() + seconds
        for tree in self._ending[:]:
            if tree.reads_until(deadline):
                continue
            try:
                self._ending.remove(tree)
            except ValueError:
                continue  # another thread, which used the tree until it was closed, was faster
            if os.name == "posix":
                reaper.kill(tree.pid)
                self._tell_reaper("-", tree.pid)
            elif sys.platform == "win32":
                windows_jobs.close(self.jobs.pop(tree))

    def close(self) -> None:
        """Ends everything and removes the directory; takes about two seconds at worst, and as long as an adapter takes
        to remove what is left."""
        self.untidy |= bool(self._trees)
        for tree in list(self._trees):
            tree.end()
        if self._preloader is not None:
            self._preloader.close()
            self._tell_reaper("-", self._preloader.popen.pid)
        self._sweep(2.0)
        if sys.platform == "win32":
            for job in self.jobs.values():
                windows_jobs.end(job)
                windows_jobs.close(job)
            self.jobs.clear()
        if not self.untidy:
            self._tell_reaper("*", None)
        if self._launcher is not None:
            self._launcher.close()
        for one in self._reapers:
            with contextlib.suppress(ValueError):
                self.escaped += json.loads(one.communicate()[0])
        shutil.rmtree(self.directory, ignore_errors=True)
