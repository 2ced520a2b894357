"""What all stages and programs of a run have in common."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from queuespec.actors import protocol

ACTORS = Path(protocol.__file__).parent
"""The directory of the modules that run in the judged processes."""


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
