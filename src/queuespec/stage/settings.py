"""What all stages and programs of a run have in common."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from queuespec.actors import protocol

ACTORS = Path(protocol.__file__).parent
"""The directory of what runs in the judged processes."""


@dataclasses.dataclass(frozen=True)
class Settings:
    """Whom to judge, where its roles are, and how long to wait."""

    implementation: str
    """The name of the implementation (see `queuespec.actors.adapter.load`)."""
    python: str
    """The path of the interpreter that is judged."""
    path: tuple[str, ...]
    """Directories with the modules of roles and items, first on the ``sys.path`` of the judged processes."""
    patience: float = 10.0
    """Seconds that a thing that must happen may take."""
    quiet: float = 0.1
    """Seconds for which the judge watches that nothing happens."""
