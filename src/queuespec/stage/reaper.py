"""Ends and removes what its owner leaves behind. It is a separate program, so it outlives an owner that is killed.

Arguments: a directory, the mark in the names of semaphores, and on POSIX the number of a socket for a launcher, the
parent of the owner's programs. Standard input carries ``+N`` for a process group to watch, ``-N`` for one that is gone,
``*`` with a command and its environment, as JSON, to run at the end, or null, and ``!`` to end the launcher. At the end
of that input, which is the end of its owner, what is left of the groups is ended, and what has left them. The command
is run, and the directory and the semaphores are removed. Standard output then carries what had left the groups and did
not end by itself, as JSON: for each process its command and, if the system tells it, its start, in seconds since that
of the system.
"""

from __future__ import annotations

import contextlib
import glob
import json
import os
import re
import select
import shutil
import signal
import sys
import time
from collections.abc import Collection, Container, Iterator
from typing import Any

GRACE = 2.0
"""Seconds from asking a process group to end until it is killed. This leaves a resource tracker, which ignores SIGTERM,
time to see that the others are gone and to remove their semaphores."""

LONGEST_RUN = 15.0
"""Timeout for the program at the end, in seconds."""

UNFINISHED = re.compile(r"/dev/shm/(sem\.\w{6}|tmp-\d+)")
"""The file of a semaphore that is being created, as glibc and musl name it."""

STANDSTILL = 0.2
"""Timeout for processes to stop, in seconds."""

MARKS, PROGRAM = "QUEUESPEC_MARK", b"\0QUEUESPEC_CONTEXT="
"""What `queuespec.actors.protocol` names: the variable with the mark, and the one that programs of the specification
have in their environment. They may leave their group on purpose."""


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
        return stat_of(process)[0] in (b"T", b"t", b"Z", b"X")
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
            if not is_tracker(process):
                os.kill(process, signal.SIGKILL)


def is_tracker(process: int) -> bool:
    """Whether a process is a resource tracker, if the system shows it. Raises `OSError` if the process is gone."""
    if not os.path.isdir("/proc/self"):
        return False
    with open(f"/proc/{process}/cmdline", "rb") as file:
        return b"resource_tracker" in file.read()


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


def descendants(root: int) -> set[int]:
    """The descendants of a process that have not ended, if the system shows them."""
    children: dict[int, list[int]] = {}
    ended = set()
    for process in map(int, filter(str.isdigit, os.listdir("/proc"))):
        with contextlib.suppress(OSError):
            state, parent, *_ = stat_of(process)
            children.setdefault(int(parent), []).append(process)
            if state in b"ZX":
                ended.add(process)
    found, parents = set(), [root]
    while parents:
        fresh = children.get(parents.pop(), [])
        found.update(fresh)
        parents += fresh
    return found - ended


def stat_of(process: object) -> list[bytes]:
    """What the system tells of a process after its name: its state, its parent. Raises `OSError` if it is gone."""
    with open(f"/proc/{process}/stat", "rb") as file:
        return file.read().rpartition(b")")[2].split()


def environment_of(process: object) -> bytes:
    """The environment that a process has started with, as far as the system shows it; each variable follows a zero."""
    with contextlib.suppress(OSError), open(f"/proc/{process}/environ", "rb") as file:
        return b"\0" + file.read()
    return b""


def marked(mark: str) -> set[int]:
    """The processes that have started with this mark in their environment, if the system shows them."""
    if os.path.isdir("/proc/self"):
        needle = f"\0{MARKS}={mark}\0".encode()
        return {int(one) for one in filter(str.isdigit, os.listdir("/proc")) if needle in environment_of(one)}
    import subprocess

    try:  # this is how macOS shows the environments of one's own processes
        listed = subprocess.run(["ps", "-A", "-E", "-ww", "-o", "pid=,command="], capture_output=True, timeout=GRACE)
    except (OSError, subprocess.SubprocessError):
        return set()
    lines = [line.split() for line in listed.stdout.splitlines()]
    return {int(line[0]) for line in lines if f"{MARKS}={mark}".encode() in line}


def told(process: int) -> dict[str, Any]:
    """What is reported of a process that has left its group."""
    command, started = f"process {process}", None
    with contextlib.suppress(OSError), open(f"/proc/{process}/cmdline", "rb") as file:
        command = file.read(1000).replace(b"\0", b" ").strip().decode("utf-8", "replace") or command
        started = int(stat_of(process)[19]) / os.sysconf("SC_CLK_TCK")
    return {"command": command, "started": started}


def end_all(groups: Collection[int], sessions: Container[int], launcher: Any, mark: str) -> list[dict[str, Any]]:
    """Ends these process groups, and what the programs of the launcher have left anywhere.

    Returns what it had to end that does not belong to one of the sessions.
    """
    deadline = time.monotonic() + GRACE
    if groups:
        end_groups(sorted(groups))
    if select.select([launcher.fate], [], [], max(0.0, deadline - time.monotonic()))[0] and launcher.has_seen_all_end():
        return []

    def others() -> set[int]:
        return marked(mark) | (descendants(launcher.pid) if launcher.adopts else set())

    rest = others()
    while rest and time.monotonic() < deadline:
        time.sleep(0.05)
        rest = others()
    left = []
    for process in rest:
        with contextlib.suppress(OSError):
            if os.getsid(process) not in sessions and PROGRAM not in environment_of(process):
                left.append(told(process))
    deadline = time.monotonic() + GRACE
    while rest and time.monotonic() < deadline:
        for process in rest:
            with contextlib.suppress(OSError):
                if not is_tracker(process) or time.monotonic() > deadline - GRACE / 2:
                    os.kill(process, signal.SIGKILL)
        time.sleep(0.01)
        rest = others()
    launcher.end()  # it has been stopped
    return left


def main(directory: str, mark: str, channel: str = "") -> None:
    """Reads standard input to its end, then ends and removes what is left."""
    launcher: Any = None
    if channel:
        here = os.path.dirname(os.path.abspath(__file__))
        sys.path += [here, os.path.join(os.path.dirname(here), "actors")]
        from launcher import Launcher  # type: ignore[import-not-found]

        launcher = Launcher(int(channel))
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: None)  # what it runs does not inherit this
    groups: set[int] = set()
    sessions: set[int] = set()
    to_run = None
    for line in sys.stdin:
        if line[0] == "*":
            to_run = json.loads(line[1:])
            continue
        if line[0] == "!":
            launcher.end()
            continue
        change = groups.add if line[0] == "+" else groups.discard
        change(int(line[1:]))
        sessions |= groups
    left = []
    if launcher is not None:
        left = end_all(groups, sessions, launcher, mark)
    elif groups:  # Windows has none
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
    with contextlib.suppress(OSError):  # nobody may want to know
        print(json.dumps(left), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
