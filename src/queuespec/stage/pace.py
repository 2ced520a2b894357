"""How fast this machine is, as measured: it may be slow, or busy with something else for a while."""

from __future__ import annotations

import contextlib
import statistics
import subprocess
import time
from collections import deque
from pathlib import Path

from queuespec.actors import protocol

PROGRAM = Path(protocol.__file__).with_name("pace.py")
"""The program that shows it (see `queuespec.actors.pace`)."""

LATEST = 5
"""How many of the latest starts count, of which one or two may have met something else."""

LONGEST = 10.0
"""Timeout for a measurement, in seconds."""


class Pace:
    """How long it takes to start an interpreter, without the implementation, and to pass a byte; 0.0 if unknown."""

    def __init__(self) -> None:
        self._starts: deque[float] = deque(maxlen=LATEST)
        self._fastest = 0.0
        self.byte = 0.0
        """How long it takes to pass a byte, in seconds, as measured last."""

    @property
    def start(self) -> float:
        """How long it takes to start an interpreter, in seconds: the median of the latest starts."""
        return statistics.median(self._starts) if self._starts else 0.0

    @property
    def slowdown(self) -> float:
        """How many times as long as the fastest start so far one takes by now, at least 1."""
        return self.start / self._fastest if self._fastest else 1.0

    def saw(self, seconds: float) -> None:
        """Takes into account that the start of an interpreter took this long."""
        self._fastest = min(seconds, self._fastest or seconds)
        self._starts.append(seconds)

    def measure(self, python: str) -> None:
        """Measures it now, which counts for more than what was before."""
        begun = time.monotonic()
        with contextlib.suppress(OSError, subprocess.TimeoutExpired, ValueError):
            none, command = subprocess.DEVNULL, [python, str(PROGRAM)]
            run = subprocess.run(command, stdin=none, stdout=subprocess.PIPE, stderr=none, timeout=LONGEST)
            self.byte = float(run.stdout)
        self._starts.clear()
        self.saw(time.monotonic() - begun)
