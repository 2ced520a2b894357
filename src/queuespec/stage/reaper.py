"""Ends and removes what its owner leaves behind. It is a separate program, so it outlives an owner that is killed.

Arguments: a directory, and the mark in the names of semaphores. Standard input carries ``+N`` for a process group to
watch, ``-N`` for one that is gone, and ``*`` with a command and its environment, as JSON, to run at the end, or null.
At the end of that input, which is the end of its owner, what is left of the groups is ended, the command is run, and
the directory and the semaphores are removed.
"""

from __future__ import annotations

import contextlib
import glob
import json
import os
import re
import shutil
import signal
import sys
import time
from collections.abc import Container, Iterator

GRACE = 2.0
"""Seconds from asking a process group to end until it is killed. This leaves a resource tracker, which ignores SIGTERM,
time to see that the others are gone and to remove their semaphores."""

LONGEST_RUN = 15.0
"""Timeout for the program at the end, in seconds."""

UNFINISHED = re.compile(r"/dev/shm/(sem\.\w{6}|tmp-\d+)")
"""The file of a semaphore that is being created, as glibc and musl name it."""

STANDSTILL = 0.2
"""Timeout for processes to stop, in seconds."""


def end_groups(groups: list[int]) -> None:
    """Ends these process groups; returns when none of their processes is left, after about `GRACE` seconds at most."""
    deadline = time.monotonic() + GRACE
    ask_to_end(groups)
    while groups and time.monotonic() < deadline:
        time.sleep(0.01)
        groups = [group for group in groups if send_signal(group, 0)]
    for group in groups:
        kill(group)


def ask_to_end(groups: list[int]) -> None:
    """Sends SIGTERM to these process groups, and removes the semaphores that they were creating.

    Until a semaphore is complete, the C library keeps its file open under a temporary name. So the processes are
    stopped first, and their open files are inspected.
    """
    unfinished = []
    if os.path.isdir("/proc/self"):
        for group in groups:
            send_signal(group, signal.SIGSTOP)
        deadline = time.monotonic() + STANDSTILL
        for process in members(groups):
            while not stands_still(process) and time.monotonic() < deadline:
                time.sleep(0.001)
            unfinished += [file for file in open_files(process) if UNFINISHED.fullmatch(file)]
    for number in (signal.SIGTERM, signal.SIGCONT):
        for group in groups:
            send_signal(group, number)
    for file in unfinished:
        with contextlib.suppress(OSError):
            os.unlink(file)


def members(groups: Container[int]) -> Iterator[int]:
    """The processes of these groups, if the system shows them."""
    for process in map(int, filter(str.isdigit, os.listdir("/proc"))):
        with contextlib.suppress(OSError):
            if os.getpgid(process) in groups:
                yield process


def stands_still(process: int) -> bool:
    """Whether a process has stopped or ended."""
    try:
        with open(f"/proc/{process}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[0] in (b"T", b"t", b"Z", b"X")
    except OSError:
        return True


def open_files(process: int) -> Iterator[str]:
    """The names of the files that a process has open."""
    with contextlib.suppress(OSError):
        for descriptor in os.scandir(f"/proc/{process}/fd"):
            with contextlib.suppress(OSError):
                yield os.readlink(descriptor.path)


def kill(group: int) -> None:
    """Kills a process group. If the system shows its members, resource trackers are spared: they end by themselves
    after the others, and remove what the others have left."""
    if not os.path.isdir("/proc/self"):
        send_signal(group, signal.SIGKILL)
        return
    for process in members([group]):
        with contextlib.suppress(OSError):
            with open(f"/proc/{process}/cmdline", "rb") as file:
                is_tracker = b"resource_tracker" in file.read()
            if not is_tracker:
                os.kill(process, signal.SIGKILL)


def send_signal(group: int, number: int) -> bool:
    """Sends a signal to a process group; returns False if the group does not exist."""
    try:
        os.killpg(group, number)
    except PermissionError:
        return True
    except ProcessLookupError:
        return False
    return True


def run(command: list[str], environment: dict[str, str]) -> None:
    """Runs a program, silently and for at most `LONGEST_RUN` seconds."""
    import subprocess  # here: most owners leave nothing to run

    none, apart = subprocess.DEVNULL, os.name == "posix"
    environment = {**os.environ, **environment}
    with contextlib.suppress(OSError):
        process = subprocess.Popen(
            command, env=environment, start_new_session=apart, stdin=none, stdout=none, stderr=none
        )
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(LONGEST_RUN)
        if apart:
            end_groups([process.pid])
        process.kill()
        process.wait()


def main(directory: str, mark: str) -> None:
    """Reads standard input to its end, then ends and removes what is left."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: None)  # what it runs does not inherit this
    groups: set[int] = set()
    to_run = None
    for line in sys.stdin:
        if line[0] == "*":
            to_run = json.loads(line[1:])
            continue
        change = groups.add if line[0] == "+" else groups.discard
        change(int(line[1:]))
    if groups:  # Windows has none
        end_groups(sorted(groups))
    if to_run is not None:
        run(*to_run)
    deadline = time.monotonic() + GRACE
    while os.path.isdir(directory):
        shutil.rmtree(directory, ignore_errors=True)
        if time.monotonic() > deadline:
            break  # another process may keep writing into it
        time.sleep(0.01)
    for path in glob.glob(f"/dev/shm/*-{mark}-*"):  # a name begins with "sem.", except under musl
        with contextlib.suppress(OSError):
            os.unlink(path)


if __name__ == "__main__":
    main(*sys.argv[1:])
