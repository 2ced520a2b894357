"""The facts of the judged interpreter, known before anything is judged."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from queuespec.rules.words import python_name, system_name


@dataclasses.dataclass(frozen=True)
class Subject:
    """What is judged: an implementation, in an interpreter, on a system. A field that is unknown is an empty string."""

    implementation: str
    implementation_version: str
    implementation_home: str
    """The file it was imported from."""
    python_implementation: str
    """`sys.implementation.name`."""
    python_version: str
    python_build: str
    free_threaded: bool
    system: str
    """`platform.system()`."""
    release: str
    machine: str

    @property
    def judged(self) -> str:
        """The implementation, with its version if it has one."""
        return f"{self.implementation} {self.implementation_version}".rstrip()

    @property
    def interpreter(self) -> str:
        """``CPython 3.13.1``, or ``CPython 3.13.1 free-threaded``."""
        threads = " free-threaded" if self.free_threaded else ""
        return f"{python_name(self.python_implementation)} {self.python_version}{threads}"

    @property
    def platform(self) -> str:
        """``macOS arm64``."""
        return f"{system_name(self.system)} {self.machine}".rstrip()

    @property
    def described(self) -> str:
        """One line for people: implementation, interpreter, system."""
        return f"{self.judged} on {self.interpreter}, {self.platform}"


@dataclasses.dataclass(frozen=True)
class Facts(Subject):
    """What the judged interpreter reports about itself (see `queuespec.actors.probe`)."""

    context_parameter: str
    """The name by which a queue class takes the context, if it does."""
    lacks: tuple[str, ...]
    """Capabilities that the implementation declares to lack."""
    start_methods: tuple[str, ...]
    python: tuple[int, int, int]
    executable: str
    semaphores: str | None
    """Why there are not enough semaphores; None if there are."""
    counted: bool
    """Whether semaphores report their values; without `sem_getvalue()`, as on macOS, they do not."""
    adapter: tuple[str, ...] = ()
    """The adapter's module, its class, and what the class defines; nothing if there is no adapter."""
    spares_children: bool = False
    """Whether a child that has one of its queues need not import the implementation."""
    loading: float = 0.0
    """How long it took to import the implementation, in seconds."""
    memory: int = 0
    """How much memory that took, in bytes; 0 if the system does not say."""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Facts:
        """The facts from what `queuespec.actors.probe` prints. Raises `KeyError` if one is missing."""
        values = {field.name: data[field.name] for field in dataclasses.fields(cls)}
        for name in ("lacks", "start_methods", "python", "adapter"):
            values[name] = tuple(values[name])
        return cls(**values)
