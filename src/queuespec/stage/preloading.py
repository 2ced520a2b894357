"""The judge's side of an interpreter that has imported the implementation, and that programs are forked from.

Importing some implementations takes seconds, and a run starts hundreds of programs. Even where an import takes little,
a fork spares a program the start of an interpreter, which takes longer than most programs do their work.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence

from queuespec.stage.settings import ACTORS, Settings

WORTH_IT = 1.5
"""The time that an import has to take, in seconds, for the first program to wait for an interpreter that does it."""

SEVERAL = 3
"""How many programs start an interpreter of their own if an import takes less: a short run starts no more."""

OF_PROGRAMS = {
    "PYTHONSAFEPATH": "",  # programs import their neighbors
    "PYTHONUNBUFFERED": "",  # a line is written by one call, so that of another process cannot divide it
}
"""The environment of programs of the specification, as far as an interpreter reads it when it starts."""


class Forked:
    """A program that was forked, with what the judge uses of `subprocess.Popen`."""

    def __init__(self, pid: int, stdin: int, stdout: int, code: int) -> None:
        self.pid = pid
        self.stdin = os.fdopen(stdin, "wb")
        self.stdout = os.fdopen(stdout, "rb", buffering=0)
        self.returncode: int | None = None
        self._reader = threading.Thread(target=self._read, args=(code,), name="exit code of a program", daemon=True)
        self._reader.start()

    def _read(self, code: int) -> None:
        with os.fdopen(code, "rb") as stream:
            self.returncode = int(stream.read() or -signal.SIGKILL)

    def poll(self) -> int | None:
        """The exit code, negative for a signal; None if the program still runs."""
        return self.returncode

    def wait(self) -> int:
        """The exit code, once the program has ended."""
        self._reader.join()
        assert self.returncode is not None
        return self.returncode

    def communicate(self) -> None:
        """Waits until the program has ended, and closes its streams."""
        self.wait()
        self.stdin.close()
        self.stdout.close()

    def send_signal(self, number: int) -> None:
        """Sends a signal to a program that still runs."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """Kills a program that still runs."""
        self.send_signal(signal.SIGKILL)


class Preloader:
    """The interpreter, which ends with the judge. It is used once it has imported the implementation."""

    def __init__(self, settings: Settings, env: Mapping[str, str]) -> None:
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._channel.settimeout(settings.importing)
        command = [settings.python, str(ACTORS / "preloaded.py"), settings.implementation, settings.directory]
        with theirs:
            self.popen = subprocess.Popen(
                command,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**env, **OF_PROGRAMS},
                start_new_session=True,
            )
        self._is_used = True

    @staticmethod
    def is_worth_it(settings: Settings, programs: int) -> bool:
        """Whether this starts programs faster, after that many of them. On other systems than Linux, libraries may not
        survive a fork; an import that nobody has measured is that of a few programs, not of a run."""
        enough = programs >= SEVERAL and settings.loading > 0
        return sys.platform == "linux" and (enough or settings.loading >= WORTH_IT)

    def start(self, command: Sequence[str], env: Mapping[str, str]) -> Forked | None:
        """A new program; None if this interpreter cannot start one."""
        if not self._is_used:
            return None
        pairs = [os.pipe() for _ in range(3)]
        (their_input, stdin), (stdout, their_output), (code, their_code) = pairs
        try:
            theirs = [their_input, their_output, their_code]
            socket.send_fds(self._channel, [json.dumps([[*command], {**env}]).encode()], theirs)
            answer = self._channel.recv(16)
        except OSError:
            answer = b""
        for descriptor in (their_input, their_output, their_code):
            os.close(descriptor)
        if answer:
            return Forked(int(answer), stdin, stdout, code)
        self._is_used = False
        self.popen.kill()  # or it would start the program later, which nobody would end
        for descriptor in (stdin, stdout, code):
            os.close(descriptor)
        return None

    def close(self) -> None:
        """Ends the interpreter."""
        self._channel.close()
        self.popen.kill()
        self.popen.wait()
