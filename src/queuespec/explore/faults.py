"""Faults that are injected into a run, besides the deaths of held threads: each has a name, and needs a capability."""

from __future__ import annotations

import contextlib
import os
import random
import signal
from collections.abc import Iterable, Set
from typing import Callable

from queuespec.explore.cast import children_of
from queuespec.explore.scenario import Scenario
from queuespec.stage import Stage
from queuespec.stage.remote import RemoteActor

STOP, SIGNAL, STARVE = "stop", "signal", "starve"
"""The faults, each followed by the name of an actor: its process is stopped for a while; its main thread is interrupted
by a signal, for which it has a handler; the next start of a thread in its process raises an exception."""


POSSIBLE = (STOP, SIGNAL, STARVE) if hasattr(signal, "SIGSTOP") else (STARVE,)
"""The faults that this system has."""

PREPARED = {SIGNAL: "receive_signals", STARVE: "start_no_thread"}
"""What the process of a fault does before its operations."""

STOPPED = 0.02
"""How long a process is stopped, in seconds."""

LATEST = 0.002
"""How long after the beginning of a run a fault is injected at most, in seconds."""


def faults_of(scenario: Scenario, lacks: Set[str] = frozenset()) -> list[str]:
    """The faults that are possible in a scenario on this system; of its parent, none that stop it."""
    if lacks & {"kill", "processes"}:
        return []
    return [f"{fault} {child}" for child in children_of(scenario) for fault in POSSIBLE]


def inject(
    stage: Stage, faults: Iterable[str], process_named: Callable[[str], RemoteActor], chance: random.Random
) -> None:
    """Stops and continues processes, and sends them signals that a handler receives."""
    for fault, actor in map(split, faults):
        process = process_named(actor)
        stage.pump_until(bool, chance.uniform(0.0, LATEST))
        with contextlib.suppress(OSError):
            if fault == STOP and not process.gone:
                os.kill(process.pid, signal.SIGSTOP)
                try:
                    stage.pump_until(bool, STOPPED)
                finally:
                    os.kill(process.pid, signal.SIGCONT)
            elif fault == SIGNAL and not process.gone:
                os.kill(process.pid, signal.SIGUSR1)


def split(fault: str) -> tuple[str, str]:
    """The kind of a fault, and its actor."""
    word, _, actor = fault.partition(" ")
    return word, actor
