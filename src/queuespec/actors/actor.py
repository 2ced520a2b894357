"""What runs inside the judged processes: an actor holds the queue and performs requests.

Standard library only, Python 3.9 and later, and nothing here knows a rule. An actor connects to the judge over a
private channel (TCP on the loopback interface, both ends prove that they know a secret of this stage), says who it is,
then performs one request at a time (see `queuespec.actors.protocol`).
"""

from __future__ import annotations

import atexit
import contextlib
import faulthandler
import functools
import importlib
import operator
import os
import signal
import socket
import sys
import threading
import time
from collections import namedtuple
from collections.abc import Callable, Container, Mapping

from queuespec.actors import protocol, surroundings
from queuespec.actors.protocol import Address, Opaque, decoded, described, encoded, exactly, next_message, opaque

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# What the queue may replace or close, the actor has by names of its own.
_attribute, _import = operator.attrgetter, importlib.import_module
_exit, _monotonic, _process_id = os._exit, time.monotonic, os.getpid
_connect, _send, _receive = socket.SocketType.connect, socket.SocketType.sendall, socket.SocketType.recv
_Anything = BaseException


def found(name: str) -> Any:
    """What ``module:qualified.name`` names, imported."""
    if name == protocol.CALLED:
        return called
    module, _, path = name.partition(":")
    return _attribute(path)(_import(module))


class Lacks(Exception):
    """An object has no attribute of the name that was to be called; the `AttributeError` is the argument."""


def called(target: Any, method: str, *args: Any, **kwargs: Any) -> Any:
    """Calls a method of an object that the actor holds. Raises `Lacks` if the object has no such method."""
    try:
        bound = getattr(target, method)
    except AttributeError as error:
        raise Lacks(error) from None
    return bound(*args, **kwargs)


class Actor:
    """A process, or a thread of one, that holds objects and performs requests.

    Pickled as the first argument of a child, it connects while it is unpickled: so the judge knows the child, and can
    request its stack, before it receives the objects that follow.
    """

    def __init__(
        self, address: Address, name: str, starter: int | None = None, loads: str = "", method: str = ""
    ) -> None:
        self._address = address
        self._name = name
        self._starter = os.getpid() if starter is None else starter
        self._loads = loads
        """The implementation that a child loads before it receives a queue; empty for none."""
        self._method = method
        """The start method, if it is the implementation's own."""
        self._objects: dict[str, Any] = {}
        self._channel: Any = None
        self._send: Callable[[bytes], None] = _nobody
        self._receive: Callable[[int], bytes] = _nobody

    def __reduce__(self) -> Any:
        return _connected, (tuple(self._address), self._name, self._starter, self._loads, self._method)

    def connect(self) -> None:
        """Connects to the judge, and introduces itself. Raises `OSError` if nobody is at the other end."""
        channel = socket.socket()
        _connect(channel, ("127.0.0.1", self._address.port))
        channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        who = (self._name, *identity(self._starter, self._method))
        self._send, self._receive = functools.partial(_send, channel), functools.partial(_receive, channel)
        self._send(self._address.actor_secret.encode() + encoded(who))
        self._channel = channel
        if not _channels:
            _close_in_copies()
        _channels.add(channel)

    def _refuse_strangers(self) -> None:
        expected = self._address.judge_secret.encode()
        with contextlib.suppress(EOFError):
            if exactly(len(expected), self._receive) == expected:
                return
        self._channel.close()
        raise ConnectionRefusedError("the other end of the channel is not the judge of this actor")

    def _resolve(self, reference: tuple[Any, ...]) -> Any:
        kind, *details = reference
        if kind == "Held":
            return self._objects[details[0]]
        if kind == "Made":
            function, args, kwargs = details
            return found(function)(*args, **kwargs)
        return _kept.get(details[2], Opaque(*details))

    def serve(self, objects: dict[str, Any]) -> None:
        """Performs requests with these objects until told to leave. Without a judge, the process ends.

        Raises `OSError` if it is not the judge at the other end.
        """
        if self._channel is None:
            self.connect()
        self._refuse_strangers()
        self._objects = objects
        surroundings.remember()
        try:
            how = self._performs_all()
        except (EOFError, ConnectionError):
            if self._method:  # the process may be somebody else's, such as a worker of a cluster
                return
            _exit(0)
        except KeyboardInterrupt:
            raise
        except BaseException:
            if self._method:
                raise
            _complain()
            _exit(protocol.SPEECHLESS_CODE)
        self._channel.close()
        _channels.discard(self._channel)
        if how == "tidy":
            _tidied.add(threading.get_ident())
        if how == "raise":
            raise RuntimeError("this actor was asked to end with an exception")
        if how.startswith("exit "):
            sys.exit(int(how[5:]))

    def _performs_all(self) -> str:
        """Performs requests until told to leave; returns how. Raises `EOFError` or `OSError` if there is no judge."""
        self._send(encoded((0, protocol.READY)))
        while True:
            number, function, body, keep = next_message(self._receive, self._resolve)
            if function == protocol.LEAVE:
                (how,), _ = decoded(body, self._resolve)
                self._send(encoded((number, protocol.RETURNED, None, 0.0)))
                return str(how)
            self._perform(number, function, body, keep)

    def _perform(self, number: int, function: str, body: bytes, keep: str | None) -> None:
        try:
            try:
                perform = found(function)
                args, kwargs = decoded(body, self._resolve)
            except Exception:
                surroundings.put_back_imports()
                perform = found(function)
                args, kwargs = decoded(body, self._resolve)
        except Exception as error:
            self._send(encoded((number, protocol.BROKEN, described(error), 0.0)))
            return
        self._send(encoded((number, protocol.STARTED)))
        _arm_timer(STACK_AFTER * self._address.patience)
        before = surroundings.tracing()
        begun = _monotonic()
        try:
            word, value = protocol.RETURNED, perform(*args, **kwargs)
        except Lacks as lacking:
            word, value = protocol.LACKS, lacking.args[0]
        except _Anything as error:
            word, value = protocol.RAISED, error
        for _ in "tracing", "profiling":
            try:
                surroundings.put_back(before)
            except _Anything:
                pass  # there is nothing to call for `contextlib.suppress` that would not be traced
        surroundings.put_back(before)
        seconds = _monotonic() - begun
        if word != protocol.RETURNED:
            value = described(value)
        elif keep is not None:
            self._objects[keep] = value
            value = None
        try:
            answer = encoded((number, word, value, seconds), _kept_for_the_judge)
        except Exception:  # nested too deeply, too long, or changed by another thread meanwhile
            answer = encoded((number, word, _kept_for_the_judge(value), seconds))
        _disarm_timer()
        self._send(answer)


def _nobody(*_: object) -> Any:
    raise ConnectionError("this actor is not connected")


def _complain() -> None:
    """Prints the exception that is being handled, if that is possible."""
    try:
        import traceback

        traceback.print_exc()
    except Exception:
        pass


def know_pace(stretch: float) -> None:
    """Lets what runs in this process and in its children know how slow the machine is."""
    os.environ[protocol.STRETCH] = f"{stretch:g}"


def _connected(address: tuple[int, str, str, float, float], name: str, starter: int, loads: str, method: str) -> Actor:
    actor = Actor(Address(*address), name, starter, loads, method)
    know_pace(actor._address.stretch)  # a fork server has the environment of an earlier time
    actor.connect()
    _arm_timer(STACK_AFTER * actor._address.patience)  # what follows may not unpickle
    if loads:
        importlib.import_module("queuespec.actors.loading").load(loads, os.getcwd())
    return actor


_kept: dict[str, Any] = {}
"""The values for which the judge has received an `Opaque`, by its key."""


def _kept_for_the_judge(value: Any) -> Opaque:
    key = f"{_process_id()}-{id(value)}"
    _kept[key] = value
    return opaque(value, key)


_channels: set[socket.socket] = set()
"""Open channels of this process. A forked copy of one would hide from the judge that its owner has died."""

_stage_program: int | None = None
"""Process id of the stage, set in its memory alone: a process that finds another id here has been forked from it."""


def become_the_stage() -> None:
    """Makes this process the main program of a stage."""
    global _stage_program
    _stage_program = os.getpid()


@functools.cache
def _close_in_copies() -> None:
    """Has each process that is forked from this one close the channels that it inherits."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_close_inherited_channels)


def _close_inherited_channels() -> None:
    while _channels:
        _channels.pop().close()


def _load(implementation: str) -> Any:
    return importlib.import_module("queuespec.actors.adapter").load(implementation)


class Sent(namedtuple("Sent", "implementation what")):
    """What an adapter sends to a child instead of a queue."""


def identity(starter: int, method: str | None = None) -> tuple[int, str | None, str, bool]:
    """Process id, start method (None for the stage), Python, and whether a signal prints the stacks of this process.

    The evidence for the method: a fork shares the memory of the stage, a spawned process has `starter` as its
    parent, a child of the fork server has neither. A method that is the implementation's own leaves none.
    """
    if not method:
        if _stage_program is not None:
            method = None if _stage_program == os.getpid() else "fork"
        else:
            method = "spawn" if os.getppid() == starter else "forkserver"
    return os.getpid(), method, f"{sys.version} on {sys.platform}", STACK_SIGNAL is not None and _watched


STACK_SIGNAL = getattr(signal, "SIGUSR2", None) if hasattr(faulthandler, "register") else None
"""The signal that prints the Python stacks of this process. Where there is none, a timer is armed for each request."""


STACK_AFTER = 0.75
"""The part of patience after which a timer prints the stacks: they are complete when patience is over."""


def _arm_timer(seconds: float) -> None:
    if STACK_SIGNAL is None and sys.__stderr__ is not None:
        faulthandler.dump_traceback_later(seconds, file=sys.__stderr__)


def _disarm_timer() -> None:
    if STACK_SIGNAL is None:
        faulthandler.cancel_dump_traceback_later()


_tidied: set[int] = set()
"""Threads whose actors have been tidied away. A process does all that it does at its exit, and then spares itself the
taking apart of its modules."""


def _end_if_tidied() -> None:
    if threading.main_thread().ident in _tidied:
        _exit(0)


_watched = False
"""Whether the signal prints the stacks; in a process that was not started by `main` it may end the process."""


def watch() -> None:
    """Lets the judge have this process's Python stacks on standard error, also while C code holds the interpreter."""
    global _watched
    _watched = True
    atexit.register(_end_if_tidied)  # now, and so after whatever the implementation registers
    if STACK_SIGNAL is not None and sys.__stderr__ is not None:
        faulthandler.register(STACK_SIGNAL, file=sys.__stderr__, all_threads=True)


def serve_child(actor: Actor, names: list[str], *held: Any) -> None:
    """What a child process of the spec runs: holds the objects it was given, and serves."""
    held = tuple(_load(one.implementation).received(one.what) if isinstance(one, Sent) else one for one in held)
    _disarm_timer()
    objects = dict(zip(names, held))
    del held
    objects[protocol.KEEPER.name] = Keeper(objects)
    actor.serve(objects)


def start_thread(address: tuple[int, str, str, float, float], name: str, names: list[str], *held: Any) -> None:
    """Starts another actor in a thread of this process."""
    args = (Actor(Address(*address), name), names, *held)
    threading.Thread(target=serve_child, args=args, name=name, daemon=True).start()


class Keeper:
    """What a child can do that is kept for several tests: it holds the queues of all of them."""

    def __init__(self, objects: dict[str, Any]) -> None:
        self._objects = objects
        self._threads = {*threading.enumerate()}
        self._surroundings = surroundings.Surroundings()

    be_told_pace = staticmethod(know_pace)

    def take(self, names: Mapping[str, str]) -> None:
        """Gives a test queues under the names that they have in the test."""
        for ahead, name in names.items():
            self._objects[name] = self._objects.pop(ahead)

    def clear(self, kept: list[str], seconds: float) -> bool:
        """Releases everything but these queues; returns whether nothing of a test is left after `seconds`."""
        release(self._objects, {protocol.KEEPER.name, *kept})
        left = threads_after(self._threads, _monotonic() + seconds)
        return not left and not self._surroundings.changes()


def release(objects: dict[str, Any], kept: Container[str]) -> None:
    """Closes queues, shuts managers down, and drops the references to all objects but those with these names."""
    for name in [name for name in objects if name not in kept]:
        held = objects.pop(name)
        if name.startswith(("ahead", "queue")) and not hasattr(held, "_callmethod") and hasattr(held, "close"):
            held.close()
        if name.startswith("manager"):
            held.shutdown()
    held = None
    _kept.clear()
    if sys.implementation.name != "cpython":
        import gc

        gc.collect()


def threads_after(before: Container[threading.Thread], deadline: float) -> list[str]:
    """Waits until this `time.monotonic()` for threads to end; returns the names of those that have not."""
    left = [thread for thread in threading.enumerate() if thread not in before]
    for thread in left:
        thread.join(max(0.0, deadline - time.monotonic()))
    return [thread.name for thread in left if thread.is_alive()]
