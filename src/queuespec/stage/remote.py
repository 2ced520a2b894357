"""Actors, as the judge sees them: what a test can do with a process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

from queuespec.actors.protocol import LEAVE
from queuespec.stage.channel import Channel, Request
from queuespec.stage.exceptions import Deviates, ExitCode, Hangs, SuiteError

if TYPE_CHECKING:
    from queuespec.stage.calls import Call
    from queuespec.stage.stage import Stage

__tracebackhide__ = True  # pytest shows the frames of tests, not these


class RemoteActor(Channel):
    """An actor, as the judge sees it: the parent, a child process, or a thread of one of them."""

    def __init__(self, stage: Stage, name: str) -> None:
        super().__init__(stage.selector)
        self.stage = stage
        self.name = name
        self.end_is_expected = False
        """Whether its end is expected: it was asked to end, or its end has already been reported."""

    def begins(self, role: Callable[..., object], *args: object, **kwargs: object) -> Call:
        """Begins to perform a module-level function in this actor."""
        return self.stage.begin_role(self, role, args, kwargs)

    def plays(self, role: Callable[..., object], *args: object, **kwargs: object) -> Any:
        """Performs a module-level function in this actor; returns its result."""
        return self.begins(role, *args, **kwargs).result()

    def leaves(self, how: str = "return") -> ExitCode:
        """Asks a child process to end ("return", "raise" or "exit N"); waits with patience; returns its exit code."""
        call = self.begins_to_leave(how)
        code = self._awaited_exit_code()
        if code is None:
            call.fate = "still running"
            waited = f"{self.stage.settings.calling:g} s"
            raise Hangs(f"the process of {self.name} had not ended {waited} after it was asked to")
        return ExitCode.of(f"the process of {self.name}", code)

    def _awaited_exit_code(self) -> int | None:
        stage = self.stage
        codes: list[int | None] = []

        def has_ended(seconds: float) -> bool:
            if not codes or stage.parent.busy is None:  # or it has not answered the last question
                codes.append(stage.exit_code(self, seconds))
            return codes[-1] is not None

        stage.settings.awaits(has_ended, lambda: stage.settings.calling)
        return codes[-1]

    def begins_to_leave(self, how: str = "return") -> Call:
        """Asks this actor to end, and does not wait until its process has ended."""
        self.end_is_expected = True
        call = self.stage.begin(self, f"leaves ({how})", Request(LEAVE, (how,)))
        call.finish()
        return call

    def has_ended(self) -> bool:
        """Whether a child process that was asked to end has ended by now."""
        return not self.stage.parent_begins("is_alive", self.name).result()

    def ends(self) -> ExitCode:
        """Waits with patience until a child process has ended; returns its exit code."""
        code = self._awaited_exit_code()
        if code is None:
            raise Hangs(f"the process of {self.name} was still running after {self.stage.settings.calling:g} s")
        return ExitCode.of(f"the process of {self.name}", code)

    def dies(self, role: Callable[..., object], *args: object, **kwargs: object) -> int:
        """Performs a role that ends its own process; returns the exit code, negative for a signal."""
        self.end_is_expected = True
        call = self.begins(role, *args, **kwargs)
        self.stage.awaits(lambda: self.gone or call.over, lambda: call.patience)
        if not self.gone and not call.over:
            call.hangs()
        if not self.gone:
            raise SuiteError(f"{call.text} should have ended its process, but it {call.outcome}")
        code = self.ends()
        call.fate = f"ended with exit code {code}"
        return code

    def is_killed(self) -> int:
        """Kills a child process, as a user could; returns its exit code."""
        self.end_is_expected = True
        self.stage.parent_begins("kill", self.name).result()
        return self.ends()

    def stays_alive(self) -> None:
        """Checks that a child process does not end during the quiet time."""
        code = self.stage.exit_code(self, self.stage.settings.watching)
        if code is not None:
            raise Deviates(f"the process of {self.name} should have gone on, but it ended with exit code {code}")
