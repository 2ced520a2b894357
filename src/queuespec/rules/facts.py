"""What is known of the judged interpreter before anything is judged."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from queuespec.rules.words import python_name, system_name

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclasses.dataclass(frozen=True)
class Facts:
    """What is known of the judged interpreter before anything is judged (see `queuespec.actors.probe`)."""

    implementation: str
    implementation_version: str
    implementation_home: str
    lacks: tuple[str, ...]
    start_methods: tuple[str, ...]
    python: tuple[int, int, int]
    python_implementation: str
    python_version: str
    free_threaded: bool
    system: str
    machine: str
    release: str
    executable: str
    semaphores: str | None
    python_build: str = ""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Facts:
        """The facts from what `queuespec.actors.probe` prints."""
        values = {field.name: data[field.name] for field in dataclasses.fields(cls)}
        for name in ("lacks", "start_methods", "python"):
            values[name] = tuple(values[name])
        return cls(**values)

    @property
    def described(self) -> str:
        """One line for a person: interpreter, system, implementation."""
        name = python_name(self.python_implementation)
        threads = " free-threaded" if self.free_threaded else ""
        system = system_name(self.system)
        version = f" {self.implementation_version}" if self.implementation_version else ""
        return f"{self.implementation}{version} on {name} {self.python_version}{threads}, {system} {self.machine}"
