"""Actors, as the judge sees them: what a test can do with a process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

from queuespec.actors.protocol import LEAVE
from queuespec.stage.calls import arguments_in_words, role_request
from queuespec.stage.channel import Request
from queuespec.stage.failures import Deviates, Hangs, SuiteError

if TYPE_CHECKING:
    from queuespec.stage.calls import Call
    from queuespec.stage.channel import Channel, Identity
    from queuespec.stage.stage import Stage


class RemoteActor:
    """An actor, as the judge sees it: the parent, a child process, or a thread of one of them.

    Its channel and identity are unknown until it has connected.
    """

    def __init__(self, stage: Stage, name: str) -> None:
        self.stage = stage
        self.name = name
        self.channel: Channel | None = None
        self.identity: Identity | None = None
        self._given_up = False
        self.end_is_expected = False
        """Whether its end is expected: it was asked to end, or its end has already been reported."""

    @property
    def pid(self) -> int:
        """Its process id. Raises `SuiteError` until it has connected."""
        if self.identity is None:
            raise SuiteError(f"{self.name} has not connected yet, so it has no process id")
        return self.identity.pid

    @property
    def connected(self) -> bool:
        """Whether it has ever connected."""
        return self.channel is not None

    @property
    def ready(self) -> bool:
        """Whether it holds its objects and accepts requests."""
        return self.channel is not None and self.channel.ready

    @property
    def gone(self) -> bool:
        """Whether the connection to it is lost, or the stage has given up on it."""
        return self._given_up or (self.channel is not None and self.channel.closed)

    @property
    def busy(self) -> Call | None:
        """The call that it is performing."""
        return self.channel.busy if self.channel is not None else None

    # What the stage reports

    def arrives(self, channel: Channel, identity: Identity) -> None:
        """It has connected and introduced itself."""
        self.channel, self.identity = channel, identity

    def may_end(self) -> None:
        """From here on, its end is expected."""
        self.end_is_expected = True

    def is_given_up(self) -> None:
        """It has not connected, and the stage no longer waits for it."""
        self._given_up = True
        self.may_end()

    # What a test calls

    def begins(self, role: Callable[..., object], *args: object, **kwargs: object) -> Call:
        """Begins to perform a module-level function in this actor."""
        __tracebackhide__ = True
        text = role.__qualname__ + arguments_in_words(args, kwargs)
        return self.stage.begin(self, text, role_request(role, args, kwargs))

    def plays(self, role: Callable[..., object], *args: object, **kwargs: object) -> Any:
        """Performs a module-level function in this actor; returns its result."""
        __tracebackhide__ = True
        return self.begins(role, *args, **kwargs).result()

    def leaves(self, how: str = "return") -> int | None:
        """Asks a child process to end ("return", "raise" or "exit N"); waits with patience; returns its exit code."""
        __tracebackhide__ = True
        call = self.begins_to_leave(how)
        patience = self.stage.settings.patience
        code = self.stage.exit_code(self, patience)
        if code is None:
            call.give_up("still running")
            raise Hangs(f"the process of {self.name} had not ended {patience:g} s after it was asked to")
        return code

    def begins_to_leave(self, how: str = "return") -> Call:
        """Asks this actor to end, and does not wait until its process has ended."""
        __tracebackhide__ = True
        self.may_end()
        call = self.stage.begin(self, f"leaves ({how})", Request(LEAVE, (how,)))
        call.finish()
        return call

    def has_ended(self) -> bool:
        """Whether a child process that was asked to end has ended by now."""
        __tracebackhide__ = True
        return not self.stage.ask_parent("is_alive", self.name)

    def ends(self) -> int:
        """Waits with patience until a child process has ended; returns its exit code."""
        __tracebackhide__ = True
        patience = self.stage.settings.patience
        code = self.stage.exit_code(self, patience)
        if code is None:
            raise Hangs(f"the process of {self.name} was still running after {patience:g} s")
        return code

    def dies(self, role: Callable[..., object], *args: object, **kwargs: object) -> int:
        """Performs a role that ends its own process; returns the exit code, negative for a signal."""
        __tracebackhide__ = True
        self.may_end()
        call = self.begins(role, *args, **kwargs)
        self.stage.watch(lambda: self.gone or call.over, self.stage.settings.patience)
        if not self.gone:
            raise SuiteError(f"{call.text} should have ended its process, but it {call.outcome}")
        code = self.ends()
        call.give_up(f"ended with exit code {code}")
        return code

    def is_killed(self) -> int:
        """Kills a child process, as a user could; returns its exit code."""
        __tracebackhide__ = True
        self.may_end()
        self.stage.ask_parent("kill", self.name)
        return self.ends()

    def stays_alive(self) -> None:
        """Checks that a child process does not end during the quiet time."""
        __tracebackhide__ = True
        code = self.stage.exit_code(self, self.stage.settings.quiet)
        if code is not None:
            raise Deviates(f"the process of {self.name} should have gone on, but it ended with exit code {code}")
