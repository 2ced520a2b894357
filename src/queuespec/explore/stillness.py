"""Whether processes are at rest, as the system tells it: nothing that they do is known, and nothing is assumed."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable

ASLEEP = frozenset("SZXI")
"""The states of a thread that is not running, nor about to run, nor waiting for a disk, nor stopped by somebody who may
continue it (``proc_pid_stat(5)``)."""

Sample = dict[tuple[int, int], tuple[str, ...]]
"""Of threads, by process and thread: the state, and how many times each has been taken from a processor."""


def family(root: int) -> list[int]:
    """A process and its descendants; the process alone if the system does not tell its children (Linux does)."""
    found = [root]
    for process in found:
        with contextlib.suppress(OSError):
            for thread in os.listdir(f"/proc/{process}/task"):
                with open(f"/proc/{process}/task/{thread}/children", "rb") as file:
                    found += map(int, file.read().split())
    return found


def sample(processes: Iterable[int]) -> Sample | None:
    """What the threads of these processes are doing now; None if the system does not tell."""
    found: Sample = {}
    for process in processes:
        try:
            threads = os.listdir(f"/proc/{process}/task")
        except OSError:
            continue
        for thread in threads:
            with contextlib.suppress(OSError), open(f"/proc/{process}/task/{thread}/status", "rb") as file:
                lines = file.read().decode("ascii", "replace").splitlines()
                state = [line.split()[1] for line in lines if line.startswith("State:")]
                found[process, int(thread)] = (*state, *(line for line in lines if "ctxt_switches" in line))
    return found or None


def runs(process: int) -> bool:
    """Whether a process, whose threads the system tells, has not ended."""
    return any(state not in ("Z", "X") for state, *_ in (sample([process]) or {}).values())


def at_rest(before: Sample | None, now: Sample | None) -> bool:
    """Whether no thread has run between these two: each slept, and a thread that runs is taken from a processor before
    it sleeps again. What sleeps with a timeout, or waits for somebody else, may run later."""
    return before is not None and before == now and all(one[0] in ASLEEP for one in before.values())
