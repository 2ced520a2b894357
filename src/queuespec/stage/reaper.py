"""Ends and removes what its owner leaves behind; a program of its own, so that it outlives an owner that is killed.

Standard input carries ``+N`` for a process group to watch, ``-N`` for one that is gone, ``=PATH`` for a directory to
remove, ``~MARK`` for semaphores with this in their names. At the end of that input, which is the end of its owner,
whatever is still watched is ended and removed.
"""

from __future__ import annotations

import contextlib
import glob
import os
import re
import shutil
import signal
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

GRACE = 2.0
"""Seconds from asking a process group to end until it is killed. Time for a resource tracker, which ignores the
asking, to see that the others are gone and to remove their semaphores."""

STANDSTILL = 0.2
"""Seconds that processes get to stop."""


def end_groups(groups: list[int]) -> None:
    """Ends these process groups; returns when no process of them is left, after about `GRACE` seconds at most."""
    deadline = time.monotonic() + GRACE
    ask_to_end(groups)
    while groups and time.monotonic() < deadline:
        time.sleep(0.01)
        groups = [group for group in groups if signalled(group, 0)]
    for group in groups:
        kill(group)


def ask_to_end(groups: list[int]) -> None:
    """Sends SIGTERM to these process groups, and removes what they were making of semaphores.

    Until a semaphore is whole, glibc has a file of another name for it, of six characters, and has it open: processes
    are stopped first, and looked at.
    """
    unfinished = []
    if os.path.isdir("/proc/self"):
        for group in groups:
            signalled(group, signal.SIGSTOP)
        deadline = time.monotonic() + STANDSTILL
        for process in members(groups):
            while not stands_still(process) and time.monotonic() < deadline:
                time.sleep(0.001)
            unfinished += [file for file in open_files(process) if re.fullmatch(r"/dev/shm/sem\.\w{6}", file)]
    for number in (signal.SIGTERM, signal.SIGCONT):
        for group in groups:
            signalled(group, number)
    for file in unfinished:
        with contextlib.suppress(OSError):
            os.unlink(file)


def members(groups: Container[int]) -> Iterator[int]:
    """The processes of these groups, where one can see them."""
    for process in map(int, filter(str.isdigit, os.listdir("/proc"))):
        with contextlib.suppress(OSError):
            if os.getpgid(process) in groups:
                yield process


def stands_still(process: int) -> bool:
    """Whether it has stopped or ended."""
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
    """Kills a process group; where one can see who is in it, all but resource trackers: those end by themselves when
    the others have, and remove what the others have left."""
    if not os.path.isdir("/proc/self"):
        signalled(group, signal.SIGKILL)
        return
    for process in members([group]):
        with contextlib.suppress(OSError):
            with open(f"/proc/{process}/cmdline", "rb") as file:
                is_tracker = b"resource_tracker" in file.read()
            if not is_tracker:
                os.kill(process, signal.SIGKILL)


def signalled(group: int, number: int) -> bool:
    """Sends a signal to a process group; False when there is no such group any more."""
    try:
        os.killpg(group, number)
    except PermissionError:
        return True
    except ProcessLookupError:
        return False
    return True


def main() -> None:
    """Reads standard input to its end, then ends and removes what is left."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    groups: set[int] = set()
    directories: set[str] = set()
    marks: set[str] = set()
    for line in map(os.fsdecode, sys.stdin.buffer):
        sign, value = line[0], line[1:].rstrip("\n")
        if sign == "=":
            directories.add(value)
        elif sign == "~":
            marks.add(value)
        else:
            change = groups.add if sign == "+" else groups.discard
            change(int(value))
    if groups:  # there are none on Windows
        end_groups(sorted(groups))
    deadline = time.monotonic() + GRACE
    for directory in directories:
        while os.path.isdir(directory):
            shutil.rmtree(directory, ignore_errors=True)
            if time.monotonic() > deadline:
                break  # somebody else may write into it for ever
            time.sleep(0.01)
    for mark in marks:
        for path in glob.glob(f"/dev/shm/sem.*-{mark}-*"):
            with contextlib.suppress(OSError):
                os.unlink(path)


if __name__ == "__main__":
    main()
