"""Forks a process for each message on a socket, and writes down how it ends. POSIX only; judge and actors run this.

Each message has three file descriptors - standard input, output, and where the exit code is written - and is a length
and this many bytes of JSON: a command, its environment, its directory. It is answered with a process id, or with an
error number below zero. A message of no bytes is answered with 0.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import struct

SIZE = struct.Struct("!I")


def exactly(size: int, channel: socket.socket) -> bytes:
    """The next bytes of a socket; fewer at its end."""
    data = b""
    while len(data) < size:
        piece = channel.recv(size - len(data))
        if not piece:
            break
        data += piece
    return data


def serve(channel: socket.socket, executes: bool) -> list[str]:
    """Forks until the other end of the socket is closed; returns an empty list then.

    In a forked process, this executes the command, or returns its arguments.
    """
    ending, endings = os.pipe()
    os.set_blocking(ending, False)
    os.set_blocking(endings, False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    signal.set_wakeup_fd(endings, warn_on_full_buffer=False)
    running: dict[int, int] = {}
    while True:
        ready, _, _ = select.select([channel.fileno(), ending], [], [])
        if ending in ready:
            os.read(ending, 1 << 10)
            report_ended(running)
        if channel.fileno() not in ready:
            continue
        head, received, _, _ = socket.recv_fds(channel, SIZE.size, 3)
        if not head:
            return []
        head += exactly(SIZE.size - len(head), channel)
        if not received:
            channel.sendall(b"0\n")
            continue
        command, environment, directory = json.loads(exactly(SIZE.unpack(head)[0], channel))
        problem, problems = os.pipe()
        try:
            pid = os.fork()
        except OSError as error:
            pid = -(error.errno or 1)
        if not pid:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            channel.close()  # may be standard input
            for number, descriptor in enumerate((received[0], received[1], received[1])):
                os.dup2(descriptor, number)
            for descriptor in (*received, *running.values(), ending, endings, problem):
                os.close(descriptor)
            if executes:
                execute(command, environment, directory, problems)
            os.close(problems)
            os.environ.clear()
            os.environ.update(environment)
            return [str(word) for word in command[1:]]
        os.close(problems)
        wrong = os.read(problem, 16)  # only then does it lead its session: the judge may signal that
        os.close(problem)
        if pid > 0 and not wrong:
            running[pid] = received.pop()
        for descriptor in received:
            os.close(descriptor)
        channel.sendall(b"%d\n" % (-int(wrong) if wrong else pid))


def execute(command: list[str], environment: dict[str, str], directory: str, problems: int) -> None:
    """Becomes the program; if that is impossible, writes the number of the error and ends."""
    for name in ("SIGPIPE", "SIGXFSZ"):  # which Python ignores
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    try:
        if directory:
            os.chdir(directory)
        os.execvpe(command[0], command, environment)
    except OSError as error:
        os.write(problems, str(error.errno).encode())
    finally:
        os._exit(127)


def report_ended(running: dict[int, int]) -> None:
    """Writes the exit codes of the processes that have ended; those of adopted ones are of no interest."""
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            if pid in running:
                descriptor = running.pop(pid)
                with contextlib.suppress(OSError):  # nobody may want to know
                    os.write(descriptor, str(os.waitstatus_to_exitcode(status)).encode())
                os.close(descriptor)
