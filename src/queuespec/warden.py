"""Ends and removes what its owner leaves behind; a program of its own, so that it outlives an owner that is killed.

Standard input carries ``+N`` for a process group to watch, ``-N`` for one that is gone, ``=PATH`` for a folder to
remove, ``~MARK`` for semaphores with this in their names. At the end of that input, which is the end of its owner,
whatever is still watched is ended and removed.
"""

from __future__ import annotations

import contextlib
import glob
import os
import shutil
import signal
import sys
import time

GRACE = 2.0
"""Seconds from asking a process group to end until it is killed. Time for a resource tracker, which ignores the
asking, to see that the others are gone and to remove their semaphores."""


def end_groups(groups: list[int]) -> None:
    """Ends these process groups; returns when no process of them is left, after about `GRACE` seconds at most."""
    deadline = time.monotonic() + GRACE
    for number in (signal.SIGTERM, signal.SIGCONT):
        groups = [group for group in groups if signalled(group, number)]
    while groups and time.monotonic() < deadline:
        time.sleep(0.01)
        groups = [group for group in groups if signalled(group, 0)]
    for group in groups:
        kill(group)


def kill(group: int) -> None:
    """Kills a process group; where one can see who is in it, all but resource trackers: those end by themselves when
    the others have, and remove what the others have left."""
    if not os.path.isdir("/proc/self"):
        signalled(group, signal.SIGKILL)
        return
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/cmdline", "rb") as file:
                is_tracker = b"resource_tracker" in file.read()
            if os.getpgid(int(name)) == group and not is_tracker:
                os.kill(int(name), signal.SIGKILL)
        except OSError:
            continue


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
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    groups: set[int] = set()
    folders: set[str] = set()
    marks: set[str] = set()
    for line in map(os.fsdecode, sys.stdin.buffer):
        sign, value = line[0], line[1:].rstrip("\n")
        if sign == "=":
            folders.add(value)
        elif sign == "~":
            marks.add(value)
        else:
            change = groups.add if sign == "+" else groups.discard
            change(int(value))
    if groups:  # there are none on Windows
        end_groups(sorted(groups))
    deadline = time.monotonic() + GRACE
    for folder in folders:
        while os.path.isdir(folder):
            shutil.rmtree(folder, ignore_errors=True)
            if time.monotonic() > deadline:
                break  # somebody else may write into it for ever
            time.sleep(0.01)
    for mark in marks:
        for path in glob.glob(f"/dev/shm/sem.*-{mark}-*"):
            with contextlib.suppress(OSError):
                os.unlink(path)


if __name__ == "__main__":
    main()
