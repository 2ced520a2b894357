"""What all stages and programs of a run have in common, and all deadlines.

A deadline is what the user gives as patience, or a multiple of the time that this machine takes to start an interpreter
(see `queuespec.stage.pace`), whichever is longer.
"""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Callable

from queuespec.actors import protocol
from queuespec.stage.pace import Pace

ACTORS = Path(protocol.__file__).parent
"""The directory of the modules that run in the judged processes."""

MANY_ITEMS = 1000
"""How many items a role may put and get one after another."""

BUSY = 5
"""How many times as long as measured an item may take while all workers judge."""

LONGEST_IMPORT = 30.0
"""Timeout for importing the implementation, in seconds."""

CALL, PERFORMANCE, IMPORT = 25, 50, 150
"""How many times as long as the start of an interpreter a call, a role or a program, and an import may take."""

FRACTION = 4
"""What part of the start of an interpreter it may take from the announcement of a call until the call blocks."""

CARRIAGE = 25
"""How many times as long as measured a byte of a large item may take."""

STOOD_STILL = 1.0
"""Seconds by which a wait is late if the judge itself, and so perhaps everything, was stopped or starved."""


@dataclasses.dataclass(frozen=True)
class Settings:
    """What to judge, where its roles are, and how long to wait."""

    implementation: str
    """The name of the implementation (see `queuespec.actors.adapter.load`)."""
    python: str
    """The path of the judged interpreter."""
    path: tuple[str, ...]
    """Directories with the modules of roles and items, first on the ``sys.path`` of the judged processes."""
    patience: float = 12.7
    """Timeout for what must happen, in seconds; no round number, which a queue may have as a timeout of its own."""
    quiet: float = 0.1
    """How long the judge checks that nothing happens, in seconds."""
    loading: float = 0.0
    """How long it takes to import the implementation, in seconds, as measured once."""
    latency: float = 0.0
    """How long a put() and a get() take together, in seconds, as measured once; a server may be far away."""
    tidies: bool = False
    """Whether the implementation is an adapter that removes what killed processes have left on a server."""
    directory: str = dataclasses.field(default_factory=os.getcwd)
    """The judge's current directory: the last place where an implementation is searched for."""
    last: tuple[str, ...] = ()
    """Directories with further modules of roles and items, last on the ``sys.path`` of the judged processes."""

    environment: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Environment variables by which the judged processes find what they share (see `queuespec.stage.service`)."""

    pace: Pace = dataclasses.field(default_factory=Pace, compare=False)
    """How fast this machine is."""

    @property
    def tidying(self) -> list[str]:
        """The program that lets the adapter remove what killed processes have left on a server; empty if it cannot."""
        return [self.python, str(ACTORS / "tidy.py"), self.implementation, self.directory] if self.tidies else []

    @property
    def calling(self) -> float:
        """Timeout for a call, in seconds."""
        return max(self.patience, round(CALL * self.pace.start, 1))

    @property
    def watching(self) -> float:
        """How long the judge checks that nothing happens, in seconds. Before it ends, an announced call has begun."""
        return max(self.quiet, self.pace.start / FRACTION)

    @property
    def _loading(self) -> float:
        """How long it takes by now to import the implementation, in seconds."""
        return self.loading * self.pace.slowdown

    @property
    def importing(self) -> float:
        """Timeout for a process to import the implementation, in seconds, on a machine where several do."""
        return max(LONGEST_IMPORT, round(IMPORT * self.pace.start, 1)) + 3 * self._loading

    @property
    def starting(self) -> float:
        """Timeout for a process to start, in seconds: that of a call, and what an import may take on a busy machine."""
        return self.calling + round(3 * self._loading, 1)

    def performing(self, size: int = 0) -> float:
        """Timeout for a role or a program, in seconds: it may start processes, pass many items, as others do, and
        items of `size` bytes."""
        items = int(MANY_ITEMS * BUSY * self.latency + CARRIAGE * size * self.pace.byte)
        return max(self.starting, round(PERFORMANCE * self.pace.start, 1)) + items

    @property
    def stretch(self) -> float:
        """How many times as long as on a fast machine something takes on this one, at least 1."""
        return max(1.0, round(CALL * self.pace.start / Settings.patience, 1))

    def stretched(self, seconds: float) -> float:
        """A timeout on this machine, in seconds, for what is given `seconds` on a fast one."""
        return seconds * self.stretch

    def awaits(self, wait: Callable[[float], bool], allowed: Callable[[], float]) -> bool:
        """Waits with patience, by a function that takes a number of seconds and returns whether the wait is over.

        When the timeout that `allowed` returns has passed, it measures how fast the machine is by now, and waits for
        longer if that allows more. If it has stood still meanwhile, it begins again, once. Returns whether the wait was
        over.
        """
        begun, seconds, stood_still = time.monotonic(), allowed(), False
        while not wait(max(0.0, begun + seconds - time.monotonic())):
            if not stood_still and time.monotonic() > begun + seconds + STOOD_STILL:
                begun, stood_still = time.monotonic(), True
                continue
            self.pace.measure(self.python)
            if allowed() <= seconds:
                return wait(0.0)
            seconds = allowed()
        return True
