"""Slow machines: a quota of the processor, busy processes beside, processes that are stopped for a while."""

import contextlib
import os
import random
import subprocess
import sys
import threading
from pathlib import Path

import psutil

STOPPED = 2.0
"""Seconds for which a process is stopped."""

GOES_ON = 0.2
"""Seconds until the next one is."""

PERIOD = 100_000
"""Microseconds in which processes with a quota run for a part of the time."""

BUSY = """
import os, sys, threading
threading.Thread(target=lambda: os._exit(len(sys.stdin.read())), daemon=True).start()
while True:
    pass
"""
"""A process that is busy until its standard input ends, which it does with this process at the latest."""

JOIN = 'echo $$ > "$0" && exec "$@"'
"""A shell that joins a control group and becomes another program."""


@contextlib.contextmanager
def busy_neighbors(number=8):
    """This number of processes are busy meanwhile."""
    with contextlib.ExitStack() as ends:
        for _ in range(number):
            ends.enter_context(subprocess.Popen([sys.executable, "-c", BUSY], stdin=subprocess.PIPE))
        yield ()


@contextlib.contextmanager
def quota(percent):
    """Yields the words to put before a command whose processes get this share of one core: by a control group, or where
    none can be made, by stopping them for the rest of the time."""
    group = _control_group(percent)
    if group is None:
        with _meanwhile(_stop_all, percent / 100):
            yield ()
        return
    try:
        yield ("sh", "-c", JOIN, str(group / "cgroup.procs"))
    finally:
        group.rmdir()


@contextlib.contextmanager
def random_stops():
    """One process after another that has been started here is stopped for a while meanwhile."""
    with _meanwhile(_stop_one, random.Random(1)):
        yield ()


def _control_group(percent):
    """A new control group, of the first or the second version; None if this process may not make one."""
    name = f"queuespec-{os.getpid()}"
    for parent, limits in (
        ("/sys/fs/cgroup/cpu", {"cpu.cfs_period_us": PERIOD, "cpu.cfs_quota_us": PERIOD * percent // 100}),
        ("/sys/fs/cgroup", {"cpu.max": f"{PERIOD * percent // 100} {PERIOD}"}),
    ):
        group = Path(parent, name)
        with contextlib.suppress(OSError):
            group.mkdir()
            try:
                for file, limit in limits.items():
                    if not (group / file).exists():
                        raise FileNotFoundError(file)
                    (group / file).write_text(str(limit))
            except OSError:
                group.rmdir()
                continue
            return group
    return None


@contextlib.contextmanager
def _meanwhile(function, *args):
    over = threading.Event()
    thread = threading.Thread(target=function, args=(*args, over))
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _stop_all(share, over):
    while not over.is_set():
        with _stopped(psutil.Process().children(recursive=True)):
            over.wait((1 - share) * PERIOD / 1e6)
        over.wait(share * PERIOD / 1e6)


def _stop_one(chance, over):
    while not over.wait(GOES_ON):
        found = psutil.Process().children(recursive=True)
        with _stopped(chance.sample(found, min(1, len(found)))):
            over.wait(STOPPED)


@contextlib.contextmanager
def _stopped(processes):
    """Stops those processes that are not stopped already, and lets them go on at the end."""
    stopped = []
    try:
        for process in processes:
            with contextlib.suppress(psutil.Error):
                if process.status() not in (psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE):
                    stopped.append(process)
                    process.suspend()
        yield
    finally:
        for process in stopped:
            with contextlib.suppress(psutil.Error):
                process.resume()
