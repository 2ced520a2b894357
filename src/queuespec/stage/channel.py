"""The judge's end of the private line to one actor: sends requests, and matches replies with their calls."""

from __future__ import annotations

import hmac
import pickle
import selectors
import socket
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple

from queuespec.actors import protocol
from queuespec.actors.protocol import SIZE, Opaque
from queuespec.stage.exceptions import SuiteError

if TYPE_CHECKING:
    from queuespec.stage.calls import Call

INVALID = (pickle.UnpicklingError, EOFError, ValueError, LookupError, AttributeError, TypeError)
"""What is raised for bytes that are no message."""


DEEP_STACK = 1 << 28
"""Bytes of stack for what is nested deeply."""


class Named:
    """An object that an actor holds under a name, as the judge sees it. In a message it is a `protocol.Held`."""

    _name: str


class Request(NamedTuple):
    """A request to an actor. Objects that the actor holds are `Named` or `protocol.Held` in the arguments."""

    function: str
    """``module:function``."""
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = {}
    keep: str | None = None
    """The name under which the actor keeps the result instead of sending it."""
    documented: frozenset[str] = frozenset()
    """For a method call: the methods that the object is documented to have."""


class Channel:
    """The connection to one actor, watched by a selector from the actor's introduction until it is closed.

    It is closed when the actor is gone, or sends an invalid message.
    """

    def __init__(self, selector: selectors.BaseSelector) -> None:
        self.pid = 0
        """The actor's process id; 0 until it has connected."""
        self.start_method: str | None = None
        """The start method, by evidence; None for the parent, which was not started by one."""
        self.prints_stacks = False
        """Whether a signal prints its Python stacks; if not, a timer does when a call takes longer than patience."""
        self.ready = False
        """Whether the actor holds its objects and accepts requests."""
        self.gone = False
        """Whether the connection is lost, or the stage has given up on the actor."""
        self.garbled = False
        """Whether it was closed because something was sent that is no message."""
        self.busy: Call | None = None
        """The call that the actor is performing; its request has the number that was given last."""
        self._number = 0
        self._selector = selector
        self._connection: socket.socket | None = None
        self._data = bytearray()
        """What has arrived of messages that are not complete."""

    def connect(self, connection: socket.socket, identity: tuple[Any, ...]) -> None:
        """Takes the connection over which the actor has introduced itself (`queuespec.actors.actor.identity`)."""
        self.pid, self.start_method, self.python, self.prints_stacks = identity
        self._connection = connection
        self._selector.register(connection, selectors.EVENT_READ, self._receive)

    def send(self, call: Call, request: Request) -> None:
        """Requests a call; its replies resolve it as they arrive. If the actor is gone, the channel is closed."""
        assert self._connection is not None
        arguments = _pickled((request.args, dict(request.kwargs)))
        try:
            frame = protocol.encoded((self._number + 1, request.function, arguments, request.keep))
        except ValueError as error:
            raise SuiteError(f"cannot request {call.text}: {error}") from None
        self.busy, self._number = call, self._number + 1
        try:
            self._connection.sendall(frame)
        except OSError:
            self.disconnect()

    def _receive(self) -> None:
        assert self._connection is not None
        try:
            data = self._connection.recv(protocol.PIECE)
        except OSError:
            data = b""
        if not data:
            self.disconnect()
        self._data += data
        while not self.gone and len(self._data) >= SIZE.size:
            try:
                end = SIZE.size + protocol.body_size(self._data)
                if len(self._data) < end:
                    return
                number, word, *outcome = protocol.decoded(bytes(self._data[SIZE.size : end]), _opaque)
            except INVALID:
                self.garbled = True
                self.disconnect()
                return
            del self._data[:end]
            if word == protocol.READY:
                self.ready = True
            elif self.busy is None or number != self._number:
                self.garbled = True
                self.disconnect()
            elif word == protocol.STARTED:
                self.busy.announced = True
            else:
                call, self.busy = self.busy, None
                call.resolve(word, *outcome)

    def disconnect(self) -> None:
        """Closes the connection, if there is one. Calls without a reply will never get one."""
        self.gone = True
        if self._connection is not None:
            self._selector.unregister(self._connection)
            self._connection.close()
            self._connection = None


def _stand_in(value: Any) -> protocol.StandIn:
    return protocol.Held(value._name) if isinstance(value, Named) else protocol.opaque(value)


def _pickled(message: Any) -> bytes:
    """The pickle of a message that may be nested as deeply as an actor, with a whole stack to itself, could send it."""
    try:
        return protocol.pickled(message, _stand_in)
    except RecursionError:
        limit, size = sys.getrecursionlimit(), threading.stack_size(DEEP_STACK)
        sys.setrecursionlimit(100 * limit)
        try:
            with ThreadPoolExecutor(1) as thread:
                return thread.submit(protocol.pickled, message, _stand_in).result()
        finally:
            sys.setrecursionlimit(limit)
            threading.stack_size(size)


def introduced(connection: socket.socket, address: protocol.Address, patience: float) -> tuple[Any, ...]:
    """The introduction of the actor at the other end: it shows its secret, and then the judge shows its own.

    Raises `OSError` if it does not know the secret, introduces itself wrongly, or is silent for `patience` seconds.
    """
    connection.settimeout(patience)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    expected = address.actor_secret.encode()
    try:
        if not hmac.compare_digest(protocol.exactly(len(expected), connection.recv), expected):
            raise ConnectionError("the secret is wrong")
        connection.sendall(address.judge_secret.encode())
        name, pid, start_method, python, prints_stacks = protocol.next_message(connection.recv, _opaque)
        return name, pid, start_method, python, prints_stacks
    except INVALID as error:
        raise ConnectionError("the introduction is invalid") from error


def _opaque(reference: tuple[Any, ...]) -> Opaque:
    return Opaque(*reference[1:])
