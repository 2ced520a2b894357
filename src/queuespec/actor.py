"""What runs inside the judged processes: an actor holds the queue and does what it is told.

Standard library only, Python 3.9 and later, and nothing here knows a rule. An actor connects to the judge over a
private channel (TCP on the loopback interface, both ends prove that they know a secret of this stage), says who it is,
answers (0, "ready") once it holds its objects, then performs one request at a time:

    request   (id, "module:function", encoded (args, kwargs), keep)
    answers   (id, "started"), then (id, "returned", value, seconds) or (id, "raised", description, seconds);
              (id, "broken", description, 0.0) for a request that could not be read: a fault of the spec, not the queue

A ``keep`` that is not None names the result in `objects` instead of sending it. Objects that an actor holds cross the
channel by that name. Values cross it only if they are made of Python's plain built-in types; anything else arrives as
its type's name and its repr, so that the judge never has to import, or trust, what it judges.
"""

from __future__ import annotations

import atexit
import builtins
import faulthandler
import importlib
import io
import os
import pickle
import queue as thread_queue
import signal
import socket
import struct
import sys
import threading
import time
from collections import namedtuple
from typing import TYPE_CHECKING, Any, Callable, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST_MESSAGE = 1 << 28
"""Bytes. A longer message is not ours: something else wrote into the channel."""

PLAIN = frozenset({type(None), bool, int, float, complex, str, bytes, bytearray, tuple, list, dict, set, frozenset})

QUEUE_EXCEPTIONS = ("Empty", "Full", "ShutDown")

_SIZE = struct.Struct("!I")


# Every spawned child imports this module: the first `typing.NamedTuple` of a process takes longer than all the rest.


class Held(namedtuple("Held", "name")):
    """Stands in a message for the object that the receiving actor holds under this name."""


class Made(namedtuple("Made", "function args kwargs")):
    """Stands in a message for an object that the receiving actor makes by calling ``module:function``."""


class Opaque(namedtuple("Opaque", "type repr")):
    """Stands in a message for a value that is not made of plain built-in types: the names of its type and its repr."""


class Address(namedtuple("Address", "port actor_secret judge_secret patience")):
    """Where an actor finds its judge, what the two ends prove to know (hexadecimal text), and patience (seconds)."""


class _Pickler(pickle.Pickler):
    def persistent_id(self, value: Any) -> tuple[Any, ...] | None:
        kind = type(value)
        if kind in PLAIN:
            return None
        if kind in (Held, Made, Opaque):
            return (kind.__name__, *value)
        return ("Opaque", f"{kind.__module__}.{kind.__qualname__}", short_repr(value))


class _Unpickler(pickle.Unpickler):
    resolve: Callable[[tuple[Any, ...]], Any]

    def persistent_load(self, reference: tuple[Any, ...]) -> Any:
        return self.resolve(reference)

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in (("builtins", "complex"), ("builtins", "bytearray")):
            return getattr(builtins, name)
        raise pickle.UnpicklingError(f"the channel carries plain values only, not {module}.{name}")


def _decoded(data: bytes, resolve: Callable[[tuple[Any, ...]], Any]) -> Any:
    """The message of this pickle; `resolve` has what stands for the values that are no plain ones."""
    unpickler = _Unpickler(io.BytesIO(data))  # PyPy's takes the file and nothing else, whatever `__init__` takes
    unpickler.resolve = resolve
    return unpickler.load()


def short_repr(value: Any, limit: int = 120) -> str:
    """The repr of `value`, at most about `limit` characters, all of them visible, fit for a log; never raises."""
    try:
        text = repr(value) if not isinstance(value, (str, bytes)) else repr(value[:limit])
    except BaseException as error:
        text = f"<{type(value).__name__} whose repr raised {type(error).__name__}>"
    text = (text if len(text) <= limit else text[: limit - 3] + "...").replace("##[", "#\\x23[")
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)


def encoded(message: Any) -> bytes:
    """`message` as one frame: its length, then its pickle."""
    body = io.BytesIO()
    _Pickler(body, 4).dump(message)
    return _SIZE.pack(body.tell()) + body.getvalue()


class Decoder:
    """Puts messages together from whatever pieces a socket delivers.

    Raises `pickle.UnpicklingError` for bytes that are no message.
    """

    def __init__(self, resolve: Callable[[tuple[Any, ...]], Any]) -> None:
        self._resolve = resolve
        self._data = bytearray()

    def feed(self, data: bytes) -> None:
        self._data += data

    def next(self) -> Any:
        """The next whole message; raises `BlockingIOError` while there is none."""
        if len(self._data) < _SIZE.size:
            raise BlockingIOError
        (size,) = _SIZE.unpack_from(self._data)
        if size > LARGEST_MESSAGE:
            raise pickle.UnpicklingError("this is not the beginning of a message")
        end = _SIZE.size + size
        if len(self._data) < end:
            raise BlockingIOError
        body = bytes(self._data[_SIZE.size : end])
        del self._data[:end]
        return _decoded(body, self._resolve)


def _known_name(cls: type) -> str | None:
    """The name by which judge and actor both know this exception class; by identity, so a look-alike has none."""
    if any(getattr(thread_queue, name, None) is cls for name in QUEUE_EXCEPTIONS):
        return f"queue.{cls.__name__}"
    return f"builtins.{cls.__name__}" if getattr(builtins, cls.__name__, None) is cls else None


def described(error: BaseException) -> dict[str, Any]:
    """An exception as plain data: its name, the known classes it is an instance of, its text and traceback."""
    import traceback

    try:
        message = str(error)[:10_000]
    except BaseException as problem:
        message = f"(its text could not be had: {type(problem).__name__})"
    return {
        "name": type(error).__name__,
        "exact": _known_name(type(error)) is not None,
        "known": [name for name in map(_known_name, type(error).__mro__) if name is not None],
        "message": message,
        "repr": short_repr(error),
        "traceback": "".join(traceback.format_exception(type(error), error, error.__traceback__))[-20_000:],
    }


def found(name: str) -> Any:
    """What ``module:qualified.name`` names, imported."""
    module, _, path = name.partition(":")
    value: Any = importlib.import_module(module)
    for part in path.split("."):
        value = getattr(value, part)
    return value


def called(target: Any, method: str, *args: Any, **kwargs: Any) -> Any:
    """Performs one method call on an object that the actor holds."""
    return getattr(target, method)(*args, **kwargs)


class _Leave(Exception):
    """Ends an actor's service from inside a request; `how` says what the process does then."""

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how


def leave(how: str = "return") -> NoReturn:
    """Ends the actor that performs this: `how` is "return", "raise", "exit N" or, when nobody looks any more, "tidy".

    A process that is tidied away does all that a process does at its exit, and then spares itself the taking apart of
    its modules.
    """
    raise _Leave(how)


class Actor:
    """One witness: a process, or a thread of one, that holds objects and performs requests."""

    def __init__(self, line: Line, objects: dict[str, Any]) -> None:
        self.objects = objects
        self._channel = line.connect()
        line.meet()
        self._stacks_after = line.patience if _stack_signal() is None and sys.__stderr__ is not None else None
        self._decoder = Decoder(self._resolve)

    def _resolve(self, reference: tuple[Any, ...]) -> Any:
        kind, *details = reference
        if kind == "Held":
            return self.objects[details[0]]
        if kind == "Made":
            function, args, kwargs = details
            return found(function)(*args, **kwargs)
        return Opaque(*details)

    def _next_request(self) -> Any:
        while True:
            try:
                return self._decoder.next()
            except BlockingIOError:
                data = self._channel.recv(1 << 16)
                if not data:
                    raise EOFError from None
                self._decoder.feed(data)

    def _answer(self, *message: Any) -> None:
        self._channel.sendall(encoded(message))

    def serve(self) -> None:
        """Performs requests until told to leave. Without a judge there is nothing to do: the process ends."""
        try:
            self._answer(0, "ready")
            while True:
                self._perform(*self._next_request())
        except _Leave as request:
            self._channel.close()
            if request.how == "tidy":
                _tidied.add(threading.get_ident())
            if request.how == "raise":
                raise RuntimeError("this actor was told to end by an exception") from None
            if request.how.startswith("exit "):
                sys.exit(int(request.how[5:]))
        except (EOFError, OSError):
            os._exit(0)

    def _perform(self, number: int, function: str, body: bytes, keep: str | None) -> None:
        try:
            perform = found(function)
            args, kwargs = _decoded(body, self._resolve)
        except Exception as error:
            self._answer(number, "broken", described(error), 0.0)
            return
        if perform is leave:
            self._answer(number, "returned", None, 0.0)
            leave(*args)
        self._answer(number, "started")
        if self._stacks_after is not None:
            assert sys.__stderr__ is not None
            faulthandler.dump_traceback_later(self._stacks_after, file=sys.__stderr__)
        begun = time.monotonic()
        try:
            result = perform(*args, **kwargs)
        except BaseException as error:
            answer = (number, "raised", described(error), time.monotonic() - begun)
        else:
            seconds = time.monotonic() - begun
            if keep is not None:
                self.objects[keep] = result
                result = None
            answer = (number, "returned", result, seconds)
        if self._stacks_after is not None:
            faulthandler.cancel_dump_traceback_later()
        self._answer(*answer)


class Line:
    """Where an actor reaches its judge. Pickled as the first argument of a child, it connects while it is unpickled:
    so the child is known, and can be asked for its stack, before it receives the objects that follow."""

    def __init__(self, address: Address, name: str, starter: int | None = None) -> None:
        self.address = address
        self.name = name
        self.starter = os.getpid() if starter is None else starter
        self.channel: socket.socket | None = None

    @property
    def patience(self) -> float:
        return float(self.address.patience)

    def __reduce__(self) -> Any:
        return _connected, (tuple(self.address), self.name, self.starter)

    def connect(self) -> socket.socket:
        """The channel of this actor, made at the first call. Raises `OSError` if nobody is at the other end."""
        if self.channel is not None:
            return self.channel
        channel = socket.socket()
        channel.connect(("127.0.0.1", self.address.port))
        channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        channel.sendall(self.address.actor_secret.encode() + encoded((self.name, identity(self.starter))))
        self.channel = channel
        _channels.add(channel)
        return channel

    def meet(self) -> None:
        """Reads what the judge proves to know. Raises `OSError` if it is not the judge at the other end."""
        assert self.channel is not None
        expected = self.address.judge_secret.encode()
        answer = b""
        while len(answer) < len(expected):
            piece = self.channel.recv(len(expected) - len(answer))
            if not piece:
                break
            answer += piece
        if answer != expected:
            self.channel.close()
            raise ConnectionRefusedError("the other end of the channel is not the judge of this actor")


def _connected(address: tuple[int, str, str, float], name: str, starter: int) -> Line:
    line = Line(Address(*address), name, starter)
    line.connect()
    if _stack_signal() is None and sys.__stderr__ is not None:
        faulthandler.dump_traceback_later(line.patience, file=sys.__stderr__)  # what follows may not unpickle
    return line


_channels: set[socket.socket] = set()
"""Open channels of this process. A forked copy of one would hide from the judge that its owner has died."""

_stage_program: int | None = None
"""Process id of the stage, set in its memory alone: a process that finds another id here has been forked from it."""


def _close_inherited_channels() -> None:
    while _channels:
        _channels.pop().close()


def identity(starter: int) -> dict[str, Any]:
    """Who and where this process is, told by evidence: a fork shares the memory of the stage, a spawned process has
    `starter` as its parent, a child of the fork server has neither."""
    if _stage_program is not None:
        method = None if _stage_program == os.getpid() else "fork"
    else:
        method = "spawn" if os.getppid() == starter else "forkserver"
    return {
        "pid": os.getpid(),
        "start_method": method,
        "python": tuple(sys.version_info[:3]),
        "python_implementation": sys.implementation.name,
        "system": sys.platform,
        "stack": "signal" if _stack_signal() is not None else "timer",
    }


def _stack_signal() -> int | None:
    return getattr(signal, "SIGUSR2", None) if hasattr(faulthandler, "register") else None


_tidied: set[int] = set()
"""Threads whose actors have been tidied away."""


def _end_if_tidied() -> None:
    if threading.main_thread().ident in _tidied:
        os._exit(0)


def watch() -> None:
    """Lets the judge have this process's Python stacks on standard error, also while C code holds the interpreter.

    Where there is no signal for it, an actor arms a timer for each request instead.
    """
    atexit.register(_end_if_tidied)  # now, and so after whatever the implementation registers
    number = _stack_signal()
    if number is not None and sys.__stderr__ is not None:
        faulthandler.register(number, file=sys.__stderr__, all_threads=True)


def serve_child(line: Line, names: list[str], *held: Any) -> None:
    """What a child process of the spec runs: holds the objects it was given, and serves."""
    if _stack_signal() is None:
        faulthandler.cancel_dump_traceback_later()
    Actor(line, dict(zip(names, held))).serve()


class Parent:
    """What the parent actor can do besides calling methods: make queues, start children, tidy up."""

    def __init__(self, implementation: str, start_method: str, address: Address) -> None:
        from queuespec.implementations import Api, load

        self.implementation = load(implementation)
        self.module = Api(self.implementation, self.implementation.module)
        self.context = self.implementation.context(start_method) if start_method else None
        self.implementation.mark_semaphores()
        self.processes: dict[str, Any] = {}
        self.manager: Any = None
        self._address = address

    def make(self, kind: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """A new queue of this kind."""
        owner = self.context
        if kind.startswith("Manager."):
            if self.manager is None:
                self.manager = self.implementation.manager(self.context)
            owner = self.manager
        return self.implementation.make(owner, kind, *args, **kwargs)

    def make_manager(self) -> Any:
        """A manager that has been started; `tidy` shuts it down."""
        return self.implementation.manager(self.context)

    def start(self, name: str, names: list[str], held: list[Any], daemon: bool) -> int | None:
        """Starts a child that holds these objects; its process id."""
        process = self.implementation.process(
            self.context, target=serve_child, args=(Line(self._address, name), names, *held), daemon=daemon
        )
        process.start()
        self.processes[name] = process
        pid = process.pid
        return pid if pid is None else int(pid)

    def start_thread(self, name: str, names: list[str], held: list[Any]) -> None:
        """Starts another actor in a thread of this process."""
        target_args = (Line(self._address, name), names, *held)
        threading.Thread(target=serve_child, args=target_args, name=name, daemon=True).start()

    def exit_code(self, name: str, patience: float) -> int | None:
        """Exit code of a child, negative for a signal; None while it still runs after `patience` seconds."""
        process = self.processes[name]
        process.join(patience)
        code = process.exitcode
        return code if code is None else int(code)

    def is_alive(self, name: str) -> bool:
        return bool(self.processes[name].is_alive())

    def kill(self, name: str) -> None:
        self.processes[name].kill()

    def tidy(self, seconds: float) -> list[str]:
        """Ends what a test has left: joins its children, closes its queues, waits for their threads.

        Returns what is still there after `seconds`; then this stage must not be used again.
        """
        deadline = time.monotonic() + seconds
        left = []
        for name, process in self.processes.items():
            process.join(max(0.0, deadline - time.monotonic()))
            if process.exitcode is None:
                left.append(f"process {name}")
            else:
                process.close()
        self.processes.clear()
        for name in [name for name in _objects if name not in ("parent", "context", "module")]:
            held = _objects.pop(name)
            if name.startswith("queue") and not hasattr(held, "_callmethod") and hasattr(held, "close"):
                held.close()
            if name.startswith("manager"):
                held.shutdown()
        held = None
        if sys.implementation.name != "cpython":
            import gc

            gc.collect()
        for thread in threading.enumerate():
            if thread is not threading.current_thread():
                thread.join(max(0.0, deadline - time.monotonic()))
                if thread.is_alive():
                    left.append(f"thread {thread.name}")
        from multiprocessing import active_children

        manager = getattr(self.manager, "_process", None)
        if manager is not None and not manager.is_alive():
            left.append("a manager that has ended")
        left += [f"process {process.name}" for process in active_children() if process is not manager]
        return left


_objects: dict[str, Any] = {}
"""What the parent actor holds."""


def main() -> None:
    """The main program of a stage: reads where its judge is from standard input, then serves as the parent actor.

    Standard input carries one line of JSON: address, path (folders for ``sys.path``), implementation, start method.
    """
    import json

    global _stage_program
    settings = json.loads(sys.stdin.readline())
    _stage_program = os.getpid()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # so has a shell that runs the judge in the background
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_close_inherited_channels)
    sys.path[:0] = settings["path"]
    sys.path.append(os.getcwd())
    address = Address(*settings["address"])
    actor = Actor(Line(address, "parent"), _objects)
    parent = Parent(settings["implementation"], settings["start_method"], address)
    _objects.update(parent=parent, context=parent.context, module=parent.module)
    actor.serve()
