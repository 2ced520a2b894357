"""Programs of the specification: they run by themselves and are watched from outside."""

from __future__ import annotations

import json
import secrets
import time
from pathlib import Path
from typing import Callable, NoReturn

from queuespec.actors import protocol
from queuespec.stage.exceptions import Crashes, Deviates, ExitCode, Hangs, NotApplicable, NotStarted, Unusable, unloaded
from queuespec.stage.preloading import OF_PROGRAMS
from queuespec.stage.processes import LAST_WORDS, ORPHANED, ProcessTree, Supervisor
from queuespec.stage.settings import ACTORS, Settings
from queuespec.text import one_line

__tracebackhide__ = True  # pytest shows the frames of tests, not these


class Program:
    """A program that runs by itself: its exit code and output. Raises `OSError` if it cannot be started."""

    def __init__(
        self, path: Path, arguments: tuple[str, ...], settings: Settings, start_method: str, supervisor: Supervisor
    ) -> None:
        self.text = f"{path.stem}({', '.join(map(repr, arguments))})" if arguments else path.stem
        self._settings = settings
        self._announcement = secrets.token_hex(8)
        context = {
            "home": str(ACTORS),
            "implementation": settings.implementation,
            "start_method": start_method,
            "directory": settings.directory,
            "announcement": self._announcement,
        }
        env = {
            **settings.environment,
            protocol.PROGRAM_CONTEXT: json.dumps(context),
            protocol.STRETCH: f"{settings.stretch:g}",
            **OF_PROGRAMS,
        }
        supervisor.has_tidied(settings.tidying)
        supervisor.untidy |= settings.tidies  # a program removes nothing
        self.tree = ProcessTree([settings.python, str(path), *arguments], supervisor, env=env)

    @property
    def output(self) -> str:
        """What it has printed so far to standard output and standard error, without its announcements."""
        lines = self.tree.output().splitlines(keepends=True)
        return "".join(line for line in lines if not line.startswith(self._announcement))

    @property
    def _last_line(self) -> str:
        return self.output.strip().rpartition("\n")[2]

    @property
    def _soon(self) -> float:
        """The `time.monotonic()` until which a program that has ended may have descendants that print something."""
        return time.monotonic() + self._settings.stretched(LAST_WORDS)

    def ends(self) -> ExitCode:
        """Waits with patience until the program has ended; returns its exit code, negative for a signal.

        Raises `NotApplicable` if the program says so.
        """
        self._waits_for(lambda: False)
        code = self.tree.wait(0.0)
        if code is None:
            self._hangs(f"was still running after {self._settings.performing():g} s: {one_line(self.output)}")
        self.tree.reads_until(self._soon)
        if self.tree.orphaned:
            raise Crashes(f"the program {self.text} {ORPHANED}")
        self._has_loaded()
        last = self._last_line
        if code == protocol.NOT_APPLICABLE_CODE and last.startswith(protocol.NOT_APPLICABLE):
            raise NotApplicable(last[len(protocol.NOT_APPLICABLE) :])
        return ExitCode.of(f"the program {self.text}", code)

    def prints(self, text: str) -> None:
        """Waits with patience until the program has printed this."""
        tree = self.tree
        self._waits_for(lambda: text in self.output)
        if text not in self.output and tree.has_ended:
            tree.reads_until(self._soon)
        if text in self.output:
            return
        if tree.has_ended:
            self._ended_wrongly(f"printed {text!r}", self.ends())
        self._hangs(f"had not printed {text!r} after {self._settings.performing():g} s")

    def succeeds(self) -> None:
        """Checks that the program ends by itself, with exit code 0."""
        code = self.ends()
        if code != 0:
            self._ended_wrongly("succeeded", code)

    def fails(self) -> None:
        """Checks that the program ends by itself, with an exit code other than 0."""
        code = self.ends()
        if code == 0:
            self._ended_wrongly("failed", code)

    def prints_nothing_but(self, text: str) -> None:
        """Checks that the program ends by itself and printed exactly this to standard output and standard error."""
        self.ends()
        if self.output != text:
            said = f"but it printed {self.output!r}"
            raise Deviates(f"the program {self.text} should have printed nothing but {text!r}, {said}")

    def close(self) -> None:
        """Ends the program if it is still running, and releases it. Its start has shown how fast the machine is."""
        if self.tree.silent is not None and self.tree.is_new:
            self._settings.pace.saw(self.tree.silent)
        if self.tree.has_ended:
            self.tree.close()
        else:
            self.tree.end()

    @property
    def _imports(self) -> tuple[int, int]:
        """How many imports of the implementation have begun, and how many of them have ended."""
        text = self.tree.output()
        begun, ended = (text.count(f"{self._announcement} {word}\n") for word in (protocol.LOADING, protocol.LOADED))
        return begun, ended

    def _is_loading(self) -> bool:
        begun, ended = self._imports
        return begun > ended

    def _has_loaded(self) -> None:
        """Raises `Unusable` if a process could not load the implementation, or ended or hung while it did."""
        why = unloaded(self.output)
        if not why and self._is_loading():
            why = f"the program {self.text} did not load the implementation"
        if why:
            raise Unusable(why)

    def _waits_for(self, condition: Callable[[], bool]) -> None:
        """Waits until the condition holds, or it no longer can; patience begins anew with each import."""
        tree, settings = self.tree, self._settings

        def over() -> bool:
            return condition() or tree.has_ended or unloaded(tree.output()) != ""

        def goes_on() -> bool:
            imports, loading = self._imports, self._is_loading()
            return settings.awaits(
                lambda seconds: tree.waits_for(lambda: over() or self._imports != imports, seconds),
                (lambda: settings.importing) if loading else settings.performing,
            )

        while goes_on() and not over():
            pass

    def _hangs(self, how: str) -> NoReturn:
        self._has_loaded()
        if not self.tree.written:
            raise NotStarted(f"the program {self.text} {how}, and had not even begun; raise --patience")
        where = self.tree.where("the program", self.tree.popen.send_signal, self._settings.stretch)
        raise Hangs(f"the program {self.text} {how}{where}")

    def _ended_wrongly(self, wanted: str, code: int) -> NoReturn:
        last = self._last_line
        ended = f"it ended with exit code {code}" + (f": {last}" if last else "")
        raise Deviates(f"the program {self.text} should have {wanted}, but {ended}")
