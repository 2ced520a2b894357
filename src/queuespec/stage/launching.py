"""The judge's side of processes that start programs for it: a launcher, and an interpreter with the implementation."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import struct
import threading
from collections.abc import Mapping, Sequence
from typing import BinaryIO

LONGEST_FORK = 20.0
"""Timeout for a program to be started, in seconds; a process that exceeds it has been stopped."""


class Forked:
    """A program that another process has started for the judge, with what the judge uses of `subprocess.Popen`."""

    def __init__(self, pid: int, stdin: BinaryIO | None, stdout: BinaryIO | None, code: int) -> None:
        self.pid = pid
        self.stdin = stdin
        self.stdout = stdout
        self.returncode: int | None = None
        self.orphaned = False
        """Whether its parent ended before it could report how the program ended."""
        self.is_new = True
        """Whether an interpreter was started for it."""
        self._code = code
        self._lock = threading.Lock()

    def poll(self) -> int | None:
        """The exit code, negative for a signal; None if nobody has waited for the end yet."""
        return self.returncode

    def wait(self) -> int:
        """The exit code, once the program has ended. It is killed if its parent is gone, which it may have killed."""
        with self._lock:
            if self.returncode is None:
                with os.fdopen(self._code, "rb") as stream:
                    code = stream.read()
                if not code:
                    self.orphaned = True
                    with contextlib.suppress(OSError):
                        os.killpg(self.pid, signal.SIGKILL)
                self.returncode = int(code or -signal.SIGKILL)
        return self.returncode

    def communicate(self) -> None:
        """Waits until the program has ended, and closes its streams."""
        self.wait()
        for stream in (self.stdin, self.stdout):
            if stream is not None:
                stream.close()

    def send_signal(self, number: int) -> None:
        """Sends a signal to a program that still runs."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """Kills a program that still runs."""
        self.send_signal(signal.SIGKILL)


class Gone(Exception):
    """The process that starts programs has ended or been stopped."""


class Forker:
    """A process that starts programs (see `queuespec.actors.forking`): the judge's end of its socket."""

    def __init__(self, channel: socket.socket, patience: float = LONGEST_FORK) -> None:
        self._channel = channel
        self._channel.settimeout(patience)
        self._lock = threading.Lock()

    def start(self, command: Sequence[str], env: Mapping[str, str]) -> Forked:
        """A new program, with pipes. Raises `Gone`, or `OSError` if the program cannot be started."""
        (their_input, stdin), (stdout, their_output) = os.pipe(), os.pipe()
        streams = os.fdopen(stdin, "wb"), os.fdopen(stdout, "rb", buffering=0)
        try:
            return self.forks(command, env, their_input, their_output, streams)
        except BaseException:
            for stream in streams:
                stream.close()
            raise
        finally:
            os.close(their_input)
            os.close(their_output)

    def forks(
        self,
        command: Sequence[str],
        env: Mapping[str, str],
        stdin: int,
        stdout: int,
        streams: tuple[BinaryIO | None, BinaryIO | None] = (None, None),
    ) -> Forked:
        """A new program with these descriptors; `streams` are the judge's ends of them. Raises as `start` does."""
        directory = ""
        with contextlib.suppress(OSError):  # it may have been removed
            directory = os.getcwd()
        message = json.dumps([[*command], {**env}, directory]).encode()
        code, their_code = os.pipe()
        try:
            number = self._asks(message, [stdin, stdout, their_code])
            if number < 0:
                raise OSError(-number, os.strerror(-number), command[0])
        except BaseException:
            os.close(code)
            raise
        finally:
            os.close(their_code)
        return Forked(number, *streams, code)

    def _asks(self, message: bytes, descriptors: list[int]) -> int:
        try:
            with self._lock:
                head = struct.pack("!I", len(message))
                if descriptors:
                    socket.send_fds(self._channel, [head], descriptors)
                else:
                    self._channel.sendall(head)
                self._channel.sendall(message)
                answer = b""
                while not answer.endswith(b"\n"):
                    piece = self._channel.recv(16)
                    if not piece:
                        raise Gone
                    answer += piece
        except OSError:
            raise Gone from None
        return int(answer)

    def is_there(self) -> bool:
        """Whether it still starts programs."""
        try:
            self._asks(b"", [])
        except Gone:
            return False
        return True

    def close(self) -> None:
        """Ends it, as soon as its programs have ended."""
        self._channel.close()
