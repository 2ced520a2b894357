"""What all stages and programs of a run have in common."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from pathlib import Path

from queuespec.actors import protocol

ACTORS = Path(protocol.__file__).parent
"""The directory of the modules that run in the judged processes."""

MANY_ITEMS = 1000
"""How many items a role may put and get one after another."""

BUSY = 5
"""How many times as long as measured an item may take while all workers judge."""

LONGEST_IMPORT = 30.0
"""Timeout for importing the implementation, in seconds."""


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

    @property
    def tidying(self) -> list[str]:
        """The program that lets the adapter remove what killed processes have left on a server; empty if it cannot."""
        return [self.python, str(ACTORS / "tidy.py"), self.implementation, self.directory] if self.tidies else []

    @property
    def importing(self) -> float:
        """Timeout for a process to import the implementation, in seconds, on a machine where several do."""
        return LONGEST_IMPORT + 3 * self.loading

    @property
    def starting(self) -> float:
        """Timeout for a process to start, in seconds: patience, and what an import may take where several do it."""
        return self.patience + round(3 * self.loading, 1)

    @property
    def performing(self) -> float:
        """Timeout for a role or a program, in seconds: it may start processes, and pass many items, as others do."""
        return self.starting + int(MANY_ITEMS * BUSY * self.latency)
