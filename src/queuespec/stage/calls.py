"""Calls that actors perform, as a test writes them: ``queue.put("a")``, ``getting = child.calls.get()``.

A `View` is an object as one actor holds it, a `Call` is one call and its outcome so far, and `raises` expects an
exception from the last call of its block.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Callable, NoReturn

from queuespec.actors import protocol
from queuespec.actors.protocol import Made, Opaque, short_repr
from queuespec.stage import documented
from queuespec.stage.channel import Named, Request
from queuespec.stage.exceptions import Crashes, Deviates, Hangs, Raised, RemoteTraceback, SuiteError, raised_by

if TYPE_CHECKING:
    from queuespec.stage.remote import RemoteActor

__tracebackhide__ = True  # pytest shows the frames of tests, not these

CLOCK_TOLERANCE = 0.5
"""The fraction of a timeout that must have passed: clocks are coarse, and two of them may disagree."""


class Call:
    """A call that an actor performs, as the judge sees it. Its methods complete a sentence about it."""

    def __init__(self, actor: RemoteActor, text: str, request: Request, begun: float, noted: bool) -> None:
        self.actor = actor
        self.text = text
        """The call in words: ``put('a')``."""
        self.begun = begun
        """The judge's `time.monotonic()` when the call was requested."""
        self.noted = noted
        """Whether it is part of the test, and so of its timeline."""
        self.announced = False
        """Whether its actor is about to perform it, or has performed it."""
        self.returned = False
        self.value: Any = None
        self.error: Raised | None = None
        self.seconds: float | None = None
        """How long it took, measured by its actor; None until it has ended."""
        self.fate = ""
        """Why the judge no longer waits for the reply, in words."""
        self._request = request
        self._word = ""
        self._blocks = _blocks.get() if noted else ()

    @property
    def patience(self) -> float:
        """Timeout for it to end, in seconds. Whatever is no method of a queue may start processes, and call many."""
        stage, known = self.actor.stage, self._request.documented
        if known and known <= documented.FAMILY:
            return stage.settings.calling
        return stage.settings.performing(stage.largest_item)

    @property
    def over(self) -> bool:
        """Whether it has returned or raised."""
        return self.returned or self.error is not None

    @property
    def returned_coroutine(self) -> bool:
        """Whether it has returned a coroutine, and so has done nothing yet."""
        return isinstance(self.value, Opaque) and self.value.type == "builtins.coroutine"

    @property
    def outcome(self) -> str:
        """Its outcome so far, in words."""
        return self.fate or (self._ending if self.over else "still running")

    @property
    def _ending(self) -> str:
        if self.error is not None:
            return f"raised {self.error.remote_repr}"
        return f"returned {in_words(self.value)}"

    @property
    def elapsed(self) -> float:
        """Seconds that the finished call took, measured by its actor."""
        self.finish()
        assert self.seconds is not None
        return self.seconds

    def resolve(self, word: str, value: Any = None, seconds: float = 0.0) -> None:
        """Its reply has arrived (see `queuespec.actors.protocol`)."""
        self._word, self.seconds = word, seconds
        if word == protocol.RETURNED:
            self.value, self.returned = value, True
        else:
            self.error = raised_by(self.text, value)

    def stays_blocked(self) -> None:
        """Checks that the call does not end during the quiet time."""
        stage = self.actor.stage
        stage.watch(lambda: self.over or self.actor.gone, stage.settings.watching)
        if self.over:
            self.finish()
            raise Deviates(f"{self.text} did not block: it {self._ending}")
        if self.actor.gone:
            raise Crashes(f"{self.text} did not block: its process {stage.how_it_died(self.actor)}")

    def finish(self, expected: type[BaseException] | None = None) -> None:
        """Waits with patience until the call is over; `expected` is an exception that it should raise.

        Raises `Hangs` if it does not end, `Crashes` if its process does, `SuiteError` for a mistake of the test.
        """
        stage = self.actor.stage
        if self.noted:
            stage.timeline.last = self
            for block in self._blocks:
                block.call = self
        stage.awaits(lambda: self.over or self.actor.gone, lambda: self.patience)
        if self.over:
            self._refuse_slips([expected, *(block.expected for block in self._blocks)])
        elif self.actor.gone:
            how = stage.how_it_died(self.actor)
            self.fate = f"its process {how}"
            raise Crashes(f"{self.text}: its process {how}")
        else:
            self.hangs()

    def _refuse_slips(self, expected: list[type[BaseException] | None]) -> None:
        if self._word == protocol.BROKEN:
            assert self.error is not None
            raise SuiteError(f"the actor cannot read the request for {self.text}: {self.error.remote_traceback}")
        if self._word == protocol.LACKS:
            target, method, *_ = self._request.args
            slip = documented.slip(target._name, method, self._request.documented, AttributeError in expected)
            if slip:
                raise SuiteError(slip)

    def hangs(self) -> NoReturn:
        """Raises `Hangs`, with the stacks of the call's process if they are available."""
        stage = self.actor.stage
        self.fate = "still running"
        raise Hangs(f"{self.text} was still running after {self.patience:g} s" + stage.where(self.actor))

    def result(self) -> Any:
        """What the call returned. An exception is raised again here, with the remote traceback as its cause."""
        self.finish()
        if self.error is not None:
            raise self.error from RemoteTraceback(self.error.remote_traceback)
        return self.value

    def returns(self) -> Any:
        """What the call returned."""
        self.finish()
        if self.error is not None:
            raise Deviates(f"{self.text} should have returned, but it {self._ending}") from self.error
        return self.value

    def returns_one_of(self, *allowed: object) -> Any:
        """What the call returned, which must be equal to one of `allowed`."""
        value = self.returns()
        if value not in allowed:
            wanted = " or ".join(map(repr, allowed))
            raise Deviates(f"{self.text} should have returned {wanted}, but it {self._ending}")
        return value

    def raises(self, expected: type[BaseException]) -> Raised:
        """The exception that the call raised, which must be an instance of `expected`."""
        self.finish(expected)
        if self.error is None or not self.error.is_a(expected):
            wanted = f"{self.text} should have raised {expected.__name__}"
            raise Deviates(f"{wanted}, but it {self._ending}") from self.error
        return self.error

    def succeeds_or_raises(self, allowed: type[BaseException]) -> None:
        """Checks that the call ends: it returns, or raises an instance of `allowed`."""
        self.finish()
        if self.error is not None and not self.error.is_a(allowed):
            wanted = f"{self.text} should have returned or raised {allowed.__name__}"
            raise Deviates(f"{wanted}, but it {self._ending}") from self.error

    def waited(self, seconds: float) -> None:
        """Checks that the call took `seconds`; half of that is enough (`CLOCK_TOLERANCE`), and longer is fine."""
        if self.elapsed < seconds * CLOCK_TOLERANCE:
            raise Deviates(
                f"{self.text} should have waited {seconds:g} s, but it {self.outcome} after {self.elapsed:.3f} s"
            )


class raises:
    """``with raises(Full): queue.put_nowait("b")``: the last call of the block must raise that exception.

    The exception is available as `error` afterward. ``with raises(AttributeError)`` is how a rule says that a kind of
    queue does not have a method that others have.

    Raises `Deviates` if the last call does anything else, `SuiteError` if the block makes no call.
    """

    def __init__(self, expected: type[BaseException]) -> None:
        self.expected = expected
        self.error: BaseException | None = None
        self.call: Call | None = None
        """The call in this block whose outcome was read last."""

    def __enter__(self) -> raises:
        self._outside = _blocks.set((*_blocks.get(), self))
        return self

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> bool:
        _blocks.reset(self._outside)
        self.error = error
        if error is not None and not isinstance(error, Raised):
            return False
        if self.call is None:
            raise SuiteError(f"the block `with raises({self.expected.__name__})` makes no call")
        self.call.raises(self.expected)
        return True


_blocks: ContextVar[tuple[raises, ...]] = ContextVar("blocks", default=())
"""The open `with raises` blocks, the innermost last."""


class View(Named):
    """An object as one actor, its `process`, holds it: it has the object's own methods, which the actor performs."""

    def __init__(self, process: RemoteActor, name: str, documented_methods: frozenset[str] = documented.FAMILY) -> None:
        self._name = name
        self._documented = documented_methods
        self.process = process

    @property
    def calls(self) -> Calls:
        """Begins calls of the object's methods, and does not wait for their end."""
        return Calls(self)

    def plays(self, role: Callable[..., object], *args: object, **kwargs: object) -> Any:
        """Performs a module-level function with the object as the first argument; returns its result."""
        return self.begins(role, *args, **kwargs).result()

    def begins(self, role: Callable[..., object], *args: object, **kwargs: object) -> Call:
        """Begins to perform a module-level function with the object as the first argument."""
        return self.process.stage.begin_role(self.process, role, args, kwargs, self)

    def __getattr__(self, method: str) -> Method:
        if method.startswith("__"):
            raise AttributeError(method)
        return Method(self, method)


class Method:
    """A method of an object that an actor holds. It can be called, and not be taken for an attribute's value."""

    def __init__(self, view: View, name: str) -> None:
        self._view = view
        self._name = name

    def __call__(self, *args: object, **kwargs: object) -> Any:
        """Performs it and returns its result."""
        return getattr(self._view.calls, self._name)(*args, **kwargs).result()

    def _is_no_value(self, *others: object) -> bool:
        raise SuiteError(f"{self._name} is used as an attribute, but only methods can be called; a role can read it")

    __bool__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _is_no_value
    __hash__ = None  # type: ignore[assignment]


class Calls:
    """Begins calls of an object's methods: ``getting = child.calls.get()`` returns once the actor has announced it."""

    def __init__(self, view: View) -> None:
        self._view = view

    def __getattr__(self, method: str) -> Callable[..., Call]:
        def begin(*args: object, **kwargs: object) -> Call:
            view, stage = self._view, self._view.process.stage
            owner = f"{view._name}." if stage.queues > 1 else ""
            text = owner + method + arguments_in_words(args, kwargs)
            request = Request(protocol.CALLED, (view, method, *args), kwargs, documented=view._documented)
            return stage.begin(view.process, text, request)

        return begin


def made(function: Callable[..., object], *args: object, **kwargs: object) -> Any:
    """An item that cannot cross the channel: the actor makes it, by calling this module-level function."""
    return Made(name_of(function), args, kwargs)


def name_of(function: Callable[..., object]) -> str:
    """``module:function``, as an actor finds it. Raises `SuiteError` for one in a file of rules, which no actor can
    import."""
    if any("__rule__" in getattr(value, "__dict__", ()) for value in vars(sys.modules[function.__module__]).values()):
        where = f"{function.__module__}.py, which has rules and so cannot be imported by the judged processes"
        raise SuiteError(f"{function.__qualname__} is in {where}; move it to a module beside it")
    return f"{function.__module__}:{function.__qualname__}"


def in_words(value: object) -> str:
    """A value as the text of a call names it."""
    if isinstance(value, Made):
        return str(value.function).rpartition(":")[2] + arguments_in_words(value.args, value.kwargs)
    if isinstance(value, View):
        return value._name
    if isinstance(value, Opaque):
        return str(value.repr)
    return short_repr(value, 60)


def arguments_in_words(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """``('a', timeout=1)``: the arguments of a call, as its text names them."""
    words = [in_words(value) for value in args] + [f"{name}={in_words(value)}" for name, value in kwargs.items()]
    return f"({', '.join(words)})"
