"""The judge's side of an interpreter that has imported the implementation, and that programs are forked from.

Importing some implementations takes seconds, and a run starts hundreds of programs. Even where an import takes little,
a fork spares a program the start of an interpreter, which takes longer than most programs do their work.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Mapping, Sequence

from queuespec.stage.launching import Forked, Forker, Gone
from queuespec.stage.settings import ACTORS, Settings

WORTH_IT = 1.5
"""The time that an import has to take, in seconds, for the first program to wait for an interpreter that does it."""

SEVERAL = 3
"""How many programs start an interpreter of their own if an import takes less: a short run starts no more."""

OF_PROGRAMS = {
    "PYTHONSAFEPATH": "",  # programs import their neighbors
    "PYTHONUNBUFFERED": "",  # a line is written by one call, so that of another process cannot divide it
}
"""The environment of programs of the specification, as far as an interpreter reads it when it starts."""


class Preloader(Forker):
    """The interpreter, which ends with the judge. It is used once it has imported the implementation."""

    def __init__(self, settings: Settings, env: Mapping[str, str], launcher: Forker) -> None:
        ours, theirs = socket.socketpair()
        super().__init__(ours, settings.importing)
        command = [settings.python, str(ACTORS / "preloaded.py"), settings.implementation, settings.directory]
        with theirs, open(os.devnull, "wb") as null:
            self.popen = launcher.forks(command, {**env, **OF_PROGRAMS}, theirs.fileno(), null.fileno())
        self._is_used = True

    @staticmethod
    def is_worth_it(settings: Settings, programs: int) -> bool:
        """Whether this starts programs faster, after that many of them. On other systems than Linux, libraries may not
        survive a fork; an import that nobody has measured is that of a few programs, not of a run."""
        enough = programs >= SEVERAL and settings.loading > 0
        return sys.platform == "linux" and (enough or settings.loading >= WORTH_IT)

    def starts(self, command: Sequence[str], env: Mapping[str, str]) -> Forked | None:
        """A new program; None if this interpreter cannot start one."""
        if self._is_used:
            try:
                forked = self.start(command, env)
                forked.is_new = False
                return forked
            except (Gone, OSError):
                self._is_used = False
                self.popen.kill()  # or it would start the program later, which nobody would end
        return None

    def close(self) -> None:
        """Ends the interpreter."""
        super().close()
        self.popen.kill()
        self.popen.wait()
