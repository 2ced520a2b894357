"""The judge's side: stages, their actors, the calls that actors perform, deadlines and the timeline.

Two quantities of time, in seconds: *patience*, how long a thing that must happen may take, and *quiet*, how long the
judge watches that nothing happens. Nothing here knows a rule.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hmac
import itertools
import json
import os
import pickle
import queue as thread_queue
import secrets
import selectors
import signal
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, NoReturn

from queuespec.actors import protocol
from queuespec.actors.protocol import Held, Made, short_repr
from queuespec.stage.failures import Crashes, Deviates, Failure, Hangs, SuiteError
from queuespec.stage.processes import Household, ProcessTree
from queuespec.text import one_line, printable, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import TracebackType

ACTORS = Path(protocol.__file__).parent
"""The directory of what runs in the judged processes."""

LEAVING = 2.0
"""Seconds that actors get to end after a test. Exceeding them costs a fresh stage, never a verdict."""

CLOCK_TOLERANCE = 0.5
"""The part of a time-out that must have passed: clocks are coarse, and two of them may disagree."""

LONGEST_TIMELINE = 60
"""Calls of a timeline that people are shown, the last ones."""

GOOD_BYE_SECONDS = 2.0
"""Seconds between the end of an actor's channel and the news of its exit code."""


class Raised(Exception):
    """An exception that a call raised in an actor, raised again here.

    It is an instance of the same exception class where judge and actor both know it: Python's own, `queue.Full`,
    `queue.Empty`, `queue.ShutDown`. Others, and those that are no `Exception`, are known by name alone.
    """

    remote_known: tuple[str, ...] = ()
    remote_exact: bool = False
    remote_repr: str = ""
    remote_traceback: str = ""

    def __str__(self) -> str:
        return one_line(str(self.args[0])) if self.args else ""


ShutDown: type[Exception] = getattr(thread_queue, "ShutDown", None) or type("ShutDown", (Exception,), {})
"""`queue.ShutDown`, also for a judge that is older than the Python it judges."""


def _known_class(name: str) -> type[BaseException] | None:
    module, _, attribute = name.partition(".")
    if name == "queue.ShutDown":
        return ShutDown
    found = getattr(thread_queue if module == "queue" else __import__("builtins"), attribute, None)
    return found if isinstance(found, type) and issubclass(found, BaseException) else None


def _raised(description: Mapping[str, Any]) -> Raised:
    bases: tuple[type, ...] = (Raised,)
    known = _known_class(description["known"][0]) if description["known"] else None
    if known is not None and issubclass(known, Exception) and known is not Exception:
        bases = (Raised, known)
    name = visible(description["name"][:200])
    error: Raised
    try:
        error = type(name, bases, {"__module__": "judged"})(description["message"])
    except TypeError:  # of a class that can have no other bases, or wants other arguments: MemoryError, UnicodeError
        error = type(name, (Raised,), {"__module__": "judged"})(description["message"])
    error.remote_known = tuple(description["known"])
    error.remote_exact = description["exact"]
    error.remote_repr = description["repr"]
    error.remote_traceback = description["traceback"]
    return error


def is_a(error: BaseException, expected: type[BaseException]) -> bool:
    """Whether an exception, from an actor or from here, is an instance of `expected`."""
    if not isinstance(error, Raised):
        return isinstance(error, expected)
    return any(_known_class(name) is expected for name in error.remote_known)


def in_words(error: BaseException) -> str:
    return error.remote_repr if isinstance(error, Raised) else short_repr(error)


def made(function: Callable[..., object], *args: object, **kwargs: object) -> Any:
    """An item that cannot cross the channel: the actor makes it, by calling this module-level function."""
    return Made(_name_of(function), args, kwargs)


def _name_of(function: Callable[..., object]) -> str:
    return f"{function.__module__}:{function.__qualname__}"


def _in_words(value: object) -> str:
    if isinstance(value, Made):
        return str(value.function).rpartition(":")[2] + _arguments(value.args, value.kwargs)
    if isinstance(value, View):
        return value._name
    if isinstance(value, protocol.Opaque):
        return str(value.repr)
    return short_repr(value, 60)


def _arguments(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    words = [_in_words(value) for value in args] + [f"{name}={_in_words(value)}" for name, value in kwargs.items()]
    return f"({', '.join(words)})"


class Call:
    """A call that an actor performs, seen from the judge. Its methods finish a sentence about it."""

    def __init__(self, actor: Actor, text: str, begun: float, noted: bool) -> None:
        self.text = text
        self.noted = noted
        self.actor = actor
        self.begun = begun
        self.announced = False
        self.returned = False
        self.value: Any = None
        self.error: Raised | None = None
        self.seconds: float | None = None
        self.fate = ""

    @property
    def over(self) -> bool:
        return self.returned or self.error is not None

    @property
    def outcome(self) -> str:
        """What came of it so far, in words."""
        if self.fate:
            return self.fate
        if self.error is not None:
            return f"raised {in_words(self.error)}"
        return f"returned {_in_words(self.value)}" if self.returned else "still running"

    @property
    def elapsed(self) -> float:
        """Seconds that the finished call took, measured by its actor."""
        __tracebackhide__ = True
        self._finish()
        assert self.seconds is not None
        return self.seconds

    def _finish(self) -> None:
        __tracebackhide__ = True
        self.actor.stage.finish(self)

    def stays_blocked(self) -> None:
        """Watches for the quiet time that the call does not end."""
        __tracebackhide__ = True
        stage = self.actor.stage
        stage.watch(lambda: self.over or self.actor.gone, stage.settings.quiet)
        if self.over:
            how = (
                f"it raised {in_words(self.error)}"
                if self.error is not None
                else f"it returned {_in_words(self.value)}"
            )
            raise Deviates(f"{self.text} did not block: {how}")
        if self.actor.gone:
            raise Crashes(f"{self.text} did not block: its process {stage.how_it_died(self.actor)}")

    def returns(self) -> Any:
        """What the call returned."""
        __tracebackhide__ = True
        self._finish()
        if self.error is not None:
            raise Deviates(f"{self.text} should have returned, but it raised {in_words(self.error)}") from self.error
        return self.value

    def returns_one_of(self, *allowed: object) -> Any:
        """What the call returned, which must be equal to one of `allowed`."""
        __tracebackhide__ = True
        value = self.returns()
        if value not in allowed:
            wanted = " or ".join(map(repr, allowed))
            raise Deviates(f"{self.text} should have returned {wanted}, but it returned {_in_words(value)}")
        return value

    def raises(self, expected: type[BaseException]) -> Raised:
        """The exception that the call raised, which must be an instance of `expected`."""
        __tracebackhide__ = True
        self._finish()
        return _expect(self, expected)

    def succeeds_or_raises(self, allowed: type[BaseException]) -> None:
        """The call ends, and if it raises, then an instance of `allowed`."""
        __tracebackhide__ = True
        self._finish()
        if self.error is not None and not is_a(self.error, allowed):
            raise Deviates(
                f"{self.text} should have returned or raised {allowed.__name__}, but it raised {in_words(self.error)}"
            ) from self.error

    def waited(self, seconds: float) -> None:
        """The call took `seconds` before it ended; half of that is enough (`CLOCK_TOLERANCE`), longer is no fault."""
        __tracebackhide__ = True
        if self.elapsed < seconds * CLOCK_TOLERANCE:
            raise Deviates(
                f"{self.text} should have waited {seconds:g} s, but it {self.outcome} after {self.elapsed:.3f} s"
            )


def _expect(call: Call, expected: type[BaseException]) -> Raised:
    __tracebackhide__ = True
    if call.error is None:
        raise Deviates(f"{call.text} should have raised {expected.__name__}, but it returned {_in_words(call.value)}")
    if not is_a(call.error, expected):
        raise Deviates(
            f"{call.text} should have raised {expected.__name__}, but it raised {in_words(call.error)}"
        ) from call.error
    return call.error


class raises:
    """``with raises(Full): queue.put_nowait("b")``: the last call of the block must raise that exception.

    The exception is there afterwards as `error`.
    """

    def __init__(self, expected: type[BaseException]) -> None:
        self.expected = expected
        self.error: BaseException | None = None

    def __enter__(self) -> raises:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        __tracebackhide__ = True
        self.error = error
        if error is not None and not isinstance(error, Raised):
            return False
        call = timeline.last
        if call is None:
            raise SuiteError("there was no call in this block")
        _expect(call, self.expected)
        return True


class Timeline:
    """Who called what, when, for how long, and what came back: everything since the test began."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self.calls: list[Call] = []
        self.last: Call | None = None
        """The call whose outcome was asked for last."""
        self.begun = time.monotonic()

    def rows(self) -> list[tuple[float, str, str, str, float | None]]:
        """For each call: seconds since the test began, actor, call, outcome, duration in seconds or None."""
        return [
            (call.begun - self.begun, call.actor.name, call.text, call.outcome, call.seconds) for call in self.calls
        ]

    def __str__(self) -> str:
        return "\n".join(in_lines(self.rows()))


def in_lines(rows: Sequence[tuple[float, str, str, str, float | None]]) -> Iterator[str]:
    """The rows of a timeline for a person: the last ones, where there are many."""
    left_out = len(rows) - LONGEST_TIMELINE
    if left_out > 0:
        yield f"{left_out:9} earlier calls"
    for begun, actor, text, outcome, seconds in rows[-LONGEST_TIMELINE:]:
        took = "" if seconds is None else f"  ({seconds * 1000:.1f} ms)"
        yield f"{begun * 1000:9.1f} ms  {one_line(actor, 80):<10} {one_line(text, 200)}  {one_line(outcome, 200)}{took}"


timeline = Timeline()
"""Of the test that is running."""


class Actor:
    """A witness, seen from the judge: the parent, a child process, or a thread of one of them."""

    def __init__(self, stage: Stage, name: str) -> None:
        self.stage = stage
        self.name = name
        self.channel: socket.socket | None = None
        self.decoder = protocol.Decoder(lambda reference: protocol.Opaque(*reference[1:]))
        self.identity: dict[str, Any] = {}
        self.calls: dict[int, Call] = {}
        self.ready = False
        self.gone = False
        self.told_to_leave = False

    @property
    def pid(self) -> int:
        return int(self.identity["pid"])

    @property
    def connected(self) -> bool:
        return self.channel is not None

    @property
    def busy(self) -> Call | None:
        return next((call for call in self.calls.values() if not call.over), None)

    def begins(self, role: Callable[..., object], *args: object, **kwargs: object) -> Call:
        """Begins to perform a module-level function in this actor."""
        __tracebackhide__ = True
        return self.stage.begin(self, role.__qualname__ + _arguments(args, kwargs), _name_of(role), args, kwargs)

    def plays(self, role: Callable[..., object], *args: object, **kwargs: object) -> Any:
        """Performs a module-level function in this actor; what it returned."""
        __tracebackhide__ = True
        return self.stage.result(self.begins(role, *args, **kwargs))

    def leaves(self, how: str = "return") -> int | None:
        """Tells a child process to end ("return", "raise" or "exit N"), waits with patience; its exit code."""
        __tracebackhide__ = True
        call = self.begins_to_leave(how)
        code = self.stage.exit_code(self, self.stage.settings.patience)
        if code is None:
            call.fate = "still running"
            raise Hangs(f"the process of {self.name} had not ended {self.stage.settings.patience:g} s after its work")
        return code

    def begins_to_leave(self, how: str = "return") -> Call:
        """Tells this actor to end, and does not wait until its process has."""
        __tracebackhide__ = True
        self.told_to_leave = True
        call = self.stage.begin(self, f"leaves ({how})", "queuespec.actors.actor:leave", (how,), {})
        self.stage.finish(call)
        return call

    def has_ended(self) -> bool:
        """Whether a child process that was told to leave has ended by now."""
        return not self.stage.ask_parent("is_alive", self.name)

    def ends(self) -> int:
        """Waits with patience until a child process has ended; its exit code."""
        __tracebackhide__ = True
        code = self.stage.exit_code(self, self.stage.settings.patience)
        if code is None:
            raise Hangs(f"the process of {self.name} was still running after {self.stage.settings.patience:g} s")
        return code

    def dies(self, role: Callable[..., object], *args: object, **kwargs: object) -> int:
        """Performs a role that ends its own process; the exit code, negative for a signal."""
        __tracebackhide__ = True
        self.told_to_leave = True
        call = self.begins(role, *args, **kwargs)
        self.stage.watch(lambda: self.gone or call.over, self.stage.settings.patience)
        if not self.gone:
            raise SuiteError(f"{call.text} should have ended its process, but it {call.outcome}")
        code = self.ends()
        call.fate = f"ended with exit code {code}"
        return code

    def is_killed(self) -> int:
        """Kills a child process, as its user could; the exit code."""
        __tracebackhide__ = True
        self.told_to_leave = True
        self.stage.ask_parent("kill", self.name)
        return self.ends()

    def stays_alive(self) -> None:
        """Watches for the quiet time that a child process does not end."""
        __tracebackhide__ = True
        code = self.stage.exit_code(self, self.stage.settings.quiet)
        if code is not None:
            raise Deviates(f"the process of {self.name} should have gone on, but it ended with exit code {code}")


class View:
    """An object as one actor holds it: it has the object's own methods, performed there.

    `calls` begins a call and does not wait for its end; `plays` and `begins` perform a role with the object as first
    argument; `process` is the actor itself.
    """

    def __init__(self, process: Actor, name: str) -> None:
        self._name = name
        self.process = process

    @property
    def calls(self) -> Calls:
        return Calls(self)

    def plays(self, role: Callable[..., object], *args: object, **kwargs: object) -> Any:
        __tracebackhide__ = True
        return self.process.stage.result(self.begins(role, *args, **kwargs))

    def begins(self, role: Callable[..., object], *args: object, **kwargs: object) -> Call:
        __tracebackhide__ = True
        text = role.__qualname__ + _arguments(args, kwargs)
        return self.process.stage.begin(self.process, text, _name_of(role), (self, *args), kwargs)

    def __getattr__(self, method: str) -> Callable[..., Any]:
        if method.startswith("__"):
            raise AttributeError(method)

        def call(*args: object, **kwargs: object) -> Any:
            __tracebackhide__ = True
            return self.process.stage.result(getattr(self.calls, method)(*args, **kwargs))

        return call


class Calls:
    """Begins calls of an object's methods: ``getting = child.calls.get()`` returns once the actor has announced it."""

    def __init__(self, view: View) -> None:
        self._view = view

    def __getattr__(self, method: str) -> Callable[..., Call]:
        view = self._view

        def begin(*args: object, **kwargs: object) -> Call:
            __tracebackhide__ = True
            stage = view.process.stage
            owner = f"{view._name}." if stage.many_objects else ""
            text = owner + method + _arguments(args, kwargs)
            return stage.begin(view.process, text, "queuespec.actors.actor:called", (view, method, *args), kwargs)

        return begin


@dataclasses.dataclass(frozen=True)
class Settings:
    """What all stages of a run have in common. Times in seconds."""

    implementation: str
    python: str
    path: tuple[str, ...]
    patience: float = 10.0
    quiet: float = 0.1


class Stage:
    """One clean main program of the judged Python, and the actors of a test.

    Raises `Crashes` or `Hangs` if the program does not come up.
    """

    def __init__(self, settings: Settings, start_method: str, household: Household) -> None:
        self.settings = settings
        self.start_method = start_method
        self.actors: dict[str, Actor] = {}
        self.clean = True
        self.many_objects = False
        self._numbers = itertools.count(1)
        self._names = itertools.count(1)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._listener.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._address = protocol.Address(
            self._listener.getsockname()[1], secrets.token_hex(32), secrets.token_hex(32), settings.patience
        )
        program = ACTORS / "main.py"
        message = {
            "address": self._address,
            "path": settings.path,
            "implementation": settings.implementation,
            "start_method": start_method,
        }
        try:
            self.tree = ProcessTree([settings.python, str(program)], household, json.dumps(message) + "\n")
        except BaseException:
            self._close_sockets()
            raise
        self.parent = self._expected("parent")
        deadline = time.monotonic() + 3 * settings.patience
        while not self.parent.connected:
            if time.monotonic() > deadline:
                self.end()
                raise Hangs(f"the main program of the spec did not come up within {3 * settings.patience:g} s")
            if self.tree.popen.poll() is not None:
                self.tree.reads_until(time.monotonic() + 1.0)
                last = self.tree.output().strip().rpartition("\n")[2]
                self.end()
                raise Crashes(f"the main program of the spec ended before it could be used: {last}")
            self._pump(0.05)
        self._queues = 0
        self._used = False
        self.reported: set[str] = set()
        """Start methods that the children of this test say they were started by."""

    def _expected(self, name: str) -> Actor:
        actor = self.actors[name] = Actor(self, name)
        return actor

    # What travels over the channels

    def _pump(self, seconds: float) -> None:
        """Handles whatever arrives; waits `seconds` at most for the first of it."""
        for key, _ in self._selector.select(max(0.0, seconds)):
            if key.fileobj is self._listener:
                self._admit()
            else:
                self._read(key.data)

    def _admit(self) -> None:
        """Lets in an actor that knows the secret of this stage; anybody else is turned away."""
        try:
            channel, _ = self._listener.accept()
        except OSError:
            return
        try:
            channel.settimeout(self.settings.patience)
            channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            expected = self._address.actor_secret.encode()
            shown = b""
            while len(shown) < len(expected):
                piece = channel.recv(len(expected) - len(shown))
                if not piece:
                    raise ConnectionError
                shown += piece
            if not hmac.compare_digest(shown, expected):
                raise ConnectionError
            channel.sendall(self._address.judge_secret.encode())
            decoder = protocol.Decoder(lambda reference: protocol.Opaque(*reference[1:]))
            while True:
                try:
                    name, identity = decoder.next()
                    break
                except BlockingIOError:
                    data = channel.recv(1 << 16)
                    if not data:
                        raise ConnectionError from None
                    decoder.feed(data)
            actor = self.actors[name]
            if actor.connected:
                raise ConnectionError
        except (OSError, ValueError, KeyError, pickle.UnpicklingError):
            channel.close()
            return
        actor.channel, actor.identity, actor.decoder = channel, identity, decoder
        self._selector.register(channel, selectors.EVENT_READ, actor)
        self._take(actor)

    def _read(self, actor: Actor) -> None:
        assert actor.channel is not None
        try:
            data = actor.channel.recv(1 << 16)
        except OSError:
            data = b""
        if not data:
            self._lose(actor)
            return
        actor.decoder.feed(data)
        self._take(actor)

    def _take(self, actor: Actor) -> None:
        """Notes every message that has arrived as a whole."""
        with contextlib.suppress(BlockingIOError):
            while True:
                try:
                    message = actor.decoder.next()
                except (pickle.UnpicklingError, EOFError, ValueError, IndexError, AttributeError):
                    self._lose(actor)
                    return
                self._note(actor, *message)

    def _note(self, actor: Actor, number: int, what: str, value: Any = None, seconds: float = 0.0) -> None:
        if what == "ready":
            actor.ready = True
            return
        call = actor.calls[number]
        if what == "started":
            call.announced = True
            return
        call.seconds = seconds
        if what == "returned":
            call.value, call.returned = value, True
        else:
            call.error = _raised(value)
            if what == "broken":
                call.fate = "broken"

    def _lose(self, actor: Actor) -> None:
        assert actor.channel is not None
        actor.gone = True
        self._selector.unregister(actor.channel)
        actor.channel.close()

    # What the judge asks for

    def watch(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Waits until the condition holds, `seconds` at most; whether it does. Raises `Crashes` when an actor dies that
        nobody waits for: what is waited for may never happen then."""
        __tracebackhide__ = True
        deadline = time.monotonic() + seconds
        while not condition():
            for actor in self.actors.values():
                if actor.gone and not actor.told_to_leave:
                    raise Crashes(f"the process of {actor.name} {self.how_it_died(actor)}")
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self._pump(left)
        return True

    def begin(
        self,
        actor: Actor,
        text: str,
        function: str,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        keep: str | None = None,
        noted: bool = True,
    ) -> Call:
        """Has an actor begin a call; returns once it has announced it, or is gone."""
        __tracebackhide__ = True
        if actor.busy is not None:
            raise SuiteError(f"{actor.name} is busy with {actor.busy.text}")
        call = Call(actor, text, time.monotonic(), noted)
        self._used = True
        if noted:
            timeline.calls.append(call)
        number = next(self._numbers)
        actor.calls[number] = call
        body = protocol.encoded((_for_channel(args), _for_channel(dict(kwargs))))[4:]
        if actor.gone or actor.channel is None:
            raise Crashes(f"{text} could not be called: the process of {actor.name} {self.how_it_died(actor)}")
        try:
            actor.channel.sendall(protocol.encoded((number, function, body, keep)))
        except OSError:
            if not actor.gone:
                self._lose(actor)
        self.watch(lambda: call.announced or call.over or actor.gone, self.settings.patience)
        if not (call.announced or call.over or actor.gone):
            self._explain_hang(call)
        return call

    def finish(self, call: Call) -> None:
        """Waits with patience until a call is over. Raises `Hangs` or `Crashes` if it does not end by itself."""
        __tracebackhide__ = True
        actor = call.actor
        if call.noted:
            timeline.last = call
        self.watch(lambda: call.over or actor.gone, self.settings.patience)
        if call.fate == "broken":
            assert call.error is not None
            raise SuiteError(f"{call.text} could not be asked for: {call.error.remote_traceback}")
        if call.over:
            return
        if actor.gone:
            fate = self.how_it_died(actor)
            call.fate = f"its process {fate}"
            raise Crashes(f"{call.text}: its process {fate}")
        self._explain_hang(call)

    def _explain_hang(self, call: Call) -> None:
        __tracebackhide__ = True
        call.fate = "still running"
        text = f"{call.text} was still running after {self.settings.patience:g} s"
        stack = self._stack(call.actor)
        raise Hangs(f"{text}\n\nwhere {call.actor.name} was:\n{stack}" if stack else text)

    def result(self, call: Call) -> Any:
        """What a call returned; what it raised is raised here, with the remote traceback as its cause."""
        __tracebackhide__ = True
        self.finish(call)
        if call.error is not None:
            raise call.error from RemoteTraceback(call.error.remote_traceback)
        return call.value

    def ask_parent(self, method: str, *args: object) -> Any:
        """A request of the stage itself: not part of the timeline."""
        __tracebackhide__ = True
        call = self.begin(
            self.parent, method, "queuespec.actors.actor:called", (Held("parent"), method, *args), {}, noted=False
        )
        return self.result(call)

    def make_queue(self, kind: str, *args: object, **kwargs: object) -> View:
        """A new queue of this kind, held by the parent."""
        __tracebackhide__ = True
        self._queues += 1
        name = f"queue{self._queues}" if self._queues > 1 else "queue"
        self.many_objects = self._queues > 1
        text = kind + _arguments(args, kwargs)
        call = self.begin(
            self.parent,
            text,
            "queuespec.actors.actor:called",
            (Held("parent"), "make", kind, args, kwargs),
            {},
            keep=name,
        )
        self.result(call)
        return View(self.parent, name)

    def make_child(self, *held: View, daemon: bool = False) -> Actor:
        """A child process, started by the stage's start method, that was given these objects as arguments."""
        __tracebackhide__ = True
        actor = self._expected(self._name_for("child"))
        names = [view._name for view in held]
        call = self.begin(
            self.parent,
            f"start of {actor.name}",
            "queuespec.actors.actor:called",
            (Held("parent"), "start", actor.name, names, [Held(name) for name in names], daemon),
            {},
        )
        self.finish(call)
        if call.error is not None:
            del self.actors[actor.name]
            raise call.error from RemoteTraceback(call.error.remote_traceback)
        self._await(actor, call)
        reported = actor.identity["start_method"]
        self.reported.add(reported)
        if reported != self.start_method:
            raise Deviates(f"{actor.name} should have been started by {self.start_method}, but it was by {reported}")
        return actor

    def make_thread(self, *held: View) -> Actor:
        """Another actor, a thread of the parent's process, that holds these objects."""
        __tracebackhide__ = True
        actor = self._expected(self._name_for("thread"))
        names = [view._name for view in held]
        self.ask_parent("start_thread", actor.name, names, [Held(name) for name in names])
        self._await(actor, None)
        return actor

    def _name_for(self, kind: str) -> str:
        count = sum(name.startswith(kind) for name in self.actors)
        return f"{kind} {count + 1}" if count else kind

    def _await(self, actor: Actor, start: Call | None) -> None:
        """Waits until an actor that was started has come up and can be asked."""
        __tracebackhide__ = True
        patience = self.settings.patience
        deadline = time.monotonic() + patience
        while not actor.connected:
            if self.watch(lambda: actor.connected, 0.05):
                break
            code = self.exit_code(actor, 0) if start is not None else None
            if code is not None and not actor.connected:
                actor.gone = actor.told_to_leave = True
                raise Crashes(f"the process of {actor.name} {self._words_for(code)} before it could be used")
            if time.monotonic() > deadline:
                actor.gone = actor.told_to_leave = True
                raise Hangs(f"the process of {actor.name} did not come up within {patience:g} s")
        self.watch(lambda: actor.ready or actor.gone, patience)
        if not actor.ready:
            self._explain_start(actor)

    def _explain_start(self, actor: Actor) -> None:
        __tracebackhide__ = True
        if actor.gone:
            actor.told_to_leave = True
            raise Crashes(f"the process of {actor.name} {self.how_it_died(actor)} before it could be used")
        stack = self._stack(actor)
        text = f"{actor.name} was still receiving its arguments after {self.settings.patience:g} s"
        raise Hangs(f"{text}\n\nwhere {actor.name} was:\n{stack}" if stack else text)

    # How actors end

    def exit_code(self, actor: Actor, seconds: float) -> int | None:
        """Exit code of an actor's process, or None if it still runs after `seconds`, or cannot be known."""
        __tracebackhide__ = True
        if actor is self.parent:
            return self.tree.wait(seconds)
        if self.parent.gone:
            return None
        call = self.begin(
            self.parent,
            "exit code",
            "queuespec.actors.actor:called",
            (Held("parent"), "exit_code", actor.name, seconds),
            {},
            noted=False,
        )
        self.watch(lambda: call.over or self.parent.gone, seconds + self.settings.patience)
        return call.value if call.returned else None

    def _interrupts_the_parent(self) -> bool:
        """Whether the parent can be asked now. A blocked call of it is interrupted: nothing else can be done there any
        more, and it alone knows how its children ended."""
        call = self.parent.busy
        if call is None:
            return True
        if os.name != "posix":
            return False
        self.clean = False
        os.kill(self.parent.pid, signal.SIGINT)
        interrupted = self.watch(lambda: call.over or self.parent.gone, GOOD_BYE_SECONDS) and call.over
        if interrupted:
            call.error, call.returned, call.fate = None, True, "interrupted by the judge"
        return interrupted

    def how_it_died(self, actor: Actor) -> str:
        """How an actor's process ended, in words. From here on its end is accounted for."""
        actor.told_to_leave = True
        if actor is not self.parent and not self._interrupts_the_parent():
            return self._words_for(None)
        return self._words_for(self.exit_code(actor, GOOD_BYE_SECONDS))

    @staticmethod
    def _words_for(code: int | None) -> str:
        if code is None:
            return "died"
        if code < 0:
            with contextlib.suppress(ValueError):
                return f"died of signal {-code} ({signal.Signals(-code).name})"
            return f"died of signal {-code}"
        return f"died with exit code {code}"

    def _stack(self, actor: Actor) -> str:
        """The Python stacks of an actor's process, most recent call first; the empty text if there are none."""
        before = self.tree.written
        if actor.identity.get("stack") == "signal":
            with contextlib.suppress(OSError):
                os.kill(actor.pid, signal.SIGUSR2)
            return _settled_stack(self.tree, before)
        return _stack_in(self.tree.output().rpartition("Timeout (")[2]) or _settled_stack(self.tree, before)

    def hold(self, role: Callable[..., object], *args: object) -> View:
        """Whatever a role returns when the parent performs it, held there; may be given to children."""
        __tracebackhide__ = True
        name = f"{role.__name__}{next(self._names)}"
        text = role.__qualname__ + _arguments(args, {})
        self.result(self.begin(self.parent, text, _name_of(role), args, {}, keep=name))
        return View(self.parent, name)

    def make_manager(self) -> View:
        """A manager that has been started, held by the parent."""
        __tracebackhide__ = True
        name = f"manager{next(self._names)}"
        call = self.begin(
            self.parent, "Manager()", "queuespec.actors.actor:called", (Held("parent"), "make_manager"), {}, keep=name
        )
        self.result(call)
        return View(self.parent, name)

    def pids(self) -> Iterator[int]:
        return (actor.pid for actor in self.actors.values() if actor.identity)

    def tidy(self) -> None:
        """Ends what a test has left. Afterwards the stage is as new, or not `clean` and has to be ended."""
        try:
            others = [actor for actor in self.actors.values() if actor is not self.parent]
            if not self.clean or self.parent.gone or self.parent.busy is not None:
                self.clean = False
                return
            for actor in others:
                if not actor.gone and not actor.told_to_leave:
                    if actor.busy is not None or not actor.ready:
                        self.clean = False
                        return
                    actor.told_to_leave = True
                    self.begin(actor, "leaves", "queuespec.actors.actor:leave", ("tidy",), {}, noted=False)
            if self._used:
                call = self.begin(
                    self.parent,
                    "tidy",
                    "queuespec.actors.actor:called",
                    (Held("parent"), "tidy", LEAVING),
                    {},
                    noted=False,
                )
                self.watch(lambda: call.over or self.parent.gone, LEAVING + 1)
                self.clean = call.returned and not call.value
        except (Failure, SuiteError, OSError):
            self.clean = False
        finally:
            if self.clean:
                for actor in [actor for actor in self.actors.values() if actor is not self.parent]:
                    if not actor.gone and actor.channel is not None:
                        self._lose(actor)
                self.actors = {"parent": self.parent}
                self.parent.calls.clear()
                self._queues = 0
                self._used = False
                self.reported.clear()
                self.many_objects = False
                self.tree.forget_output()

    def leave(self) -> None:
        """Ends a stage: by its own will, as a program ends, if it is clean and free to."""
        ended = False
        if self.clean and not self.parent.gone and self.parent.busy is None:
            with contextlib.suppress(Failure, OSError):
                self.begin(self.parent, "leaves", "queuespec.actors.actor:leave", ("return",), {}, noted=False)
                ended = self.tree.wait(LEAVING) is not None
        if not ended:
            self.end()
            return
        self._close_sockets()
        self.tree.close()

    def end(self) -> None:
        """Ends the stage and all its processes now."""
        self._close_sockets()
        self.tree.end(list(self.pids()))

    def _close_sockets(self) -> None:
        self._selector.close()
        self._listener.close()
        for actor in self.actors.values():
            if actor.channel is not None:
                actor.channel.close()


class Program:
    """A program of the specification that runs by itself and is watched from outside: exit code, output, time."""

    name = "program"

    def __init__(self, path: Path, arguments: tuple[str, ...], settings: Settings, start_method: str, home: Household):
        self.settings = settings
        self.text = f"{path.stem}{arguments}" if arguments else path.stem
        context = {
            "home": str(ACTORS),
            "implementation": settings.implementation,
            "start_method": start_method,
        }
        self.tree = ProcessTree([settings.python, str(path), *arguments], home, env={CONTEXT: json.dumps(context)})

    @property
    def output(self) -> str:
        """What it has printed so far, standard output and standard error."""
        return self.tree.output()

    def ends(self) -> int:
        """Waits with patience until the program has ended; its exit code, negative for a signal."""
        __tracebackhide__ = True
        code = self.tree.wait(self.settings.patience)
        if code is None:
            self._hangs(f"was still running after {self.settings.patience:g} s: {one_line(self.output)}")
        self.tree.reads_until(time.monotonic() + GOOD_BYE_SECONDS)
        return code

    def prints(self, text: str) -> None:
        """Waits with patience until the program has printed this."""
        __tracebackhide__ = True
        deadline = time.monotonic() + self.settings.patience
        while text not in self.output:
            if self.tree.popen.poll() is not None:
                self.tree.reads_until(time.monotonic() + GOOD_BYE_SECONDS)
                if text in self.output:
                    return
                said = self.output or "it printed nothing"
                raise Deviates(f"the program {self.text} should have printed {text!r}, but it ended: {said}")
            if time.monotonic() > deadline:
                self._hangs(f"had not printed {text!r} after {self.settings.patience:g} s")
            time.sleep(0.005)

    def _hangs(self, how: str) -> NoReturn:
        """Raises `Hangs`, with the stacks of the program that can be had by a signal."""
        __tracebackhide__ = True
        before = self.tree.written
        text = f"the program {self.text} {how}"
        if os.name == "posix":
            with contextlib.suppress(OSError):
                self.tree.popen.send_signal(signal.SIGUSR2)
        stack = _settled_stack(self.tree, before)
        raise Hangs(f"{text}\n\nwhere the program was:\n{stack}" if stack else text)

    def succeeds(self) -> None:
        """The program ends by itself, with exit code 0."""
        __tracebackhide__ = True
        code = self.ends()
        if code != 0:
            raise Deviates(f"the program {self.text} should have succeeded, but {self._how_it_ended(code)}")

    def fails(self) -> None:
        """The program ends by itself, and not with exit code 0."""
        __tracebackhide__ = True
        code = self.ends()
        if code == 0:
            raise Deviates(f"the program {self.text} should have failed, but {self._how_it_ended(code)}")

    def prints_nothing_but(self, text: str) -> None:
        """The program ends by itself and has printed exactly this, standard output and standard error."""
        __tracebackhide__ = True
        self.ends()
        if self.output != text:
            raise Deviates(f"the program {self.text} should have printed nothing but {text!r}: {self.output!r}")

    def _how_it_ended(self, code: int) -> str:
        last = self.output.strip().rpartition("\n")[2]
        return f"it ended with exit code {code}" + (f": {last}" if last else "")


CONTEXT = "QUEUESPEC_CONTEXT"
"""Environment variable that tells a program of the specification what to judge (see ``programs/judged.py``)."""


class RemoteTraceback(Exception):
    """The traceback of an actor, as text: the cause of what is raised again here."""

    def __str__(self) -> str:
        return "\n" + printable(str(self.args[0]))


def _for_channel(value: Any) -> Any:
    """`value` with every `View` replaced by the name under which the receiving actor holds the object."""
    if isinstance(value, View):
        return Held(value._name)
    if isinstance(value, Made):
        return Made(value.function, _for_channel(value.args), _for_channel(dict(value.kwargs)))
    if isinstance(value, Held):
        return value
    if isinstance(value, (tuple, list)):
        return type(value)(map(_for_channel, value))
    if isinstance(value, dict):
        return {key: _for_channel(entry) for key, entry in value.items()}
    return value


def _settled_stack(tree: ProcessTree, before: int) -> str:
    """The stacks that have been printed since byte `before`, once they are whole."""
    deadline = time.monotonic() + 1.0
    text = ""
    while time.monotonic() < deadline:
        time.sleep(0.02)
        text, seen = _stack_in(tree.output(before)), text
        if text and text == seen:
            break
    return text


def _stack_in(output: str) -> str:
    """The lines that `faulthandler` has written, without the frames of the actor itself."""
    ours = tuple(f'{mark}actors{mark}{name}.py"' for mark in "/\\" for name in ("actor", "main", "parent"))
    lines = [line for line in output.splitlines() if line.startswith(("Thread 0x", "Current thread", '  File "'))]
    return "\n".join(line for line in lines if not any(name in line for name in ours))
