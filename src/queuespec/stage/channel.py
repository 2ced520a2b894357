"""The judge's end of the private line to one actor: sends requests, and matches replies with their calls."""

from __future__ import annotations

import hmac
import itertools
import pickle
import selectors
import socket
from typing import TYPE_CHECKING, Any, NamedTuple

from queuespec.actors import protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from queuespec.stage.calls import Call

PIECE = 1 << 16
"""Number of bytes to read from a socket at a time."""


class Identity(NamedTuple):
    """Where an actor runs, as it reports itself (`queuespec.actors.actor.identity`)."""

    pid: int
    start_method: str | None
    """The start method, by evidence; None for the parent, which was not started by one."""
    python: tuple[int, int, int]
    python_implementation: str
    system: str
    """The actor's `sys.platform`."""
    stack: str
    """How its Python stacks are printed: by a "signal", or by a "timer" when a call takes longer than patience."""


class Request(NamedTuple):
    """A request to an actor. Objects that the actor holds are `protocol.Held` in the arguments."""

    function: str
    """``module:function``."""
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = {}
    keep: str | None = None
    """The name under which the actor keeps the result instead of sending it."""
    documented: frozenset[str] = frozenset()
    """For a method call: the methods that the object is documented to have."""

    @property
    def target(self) -> str:
        """For a method call: the name of the object."""
        return str(self.args[0].name)

    @property
    def method(self) -> str:
        """For a method call: the name of the method."""
        return str(self.args[1])


class Channel:
    """The connection to one actor, watched by a selector until it is closed.

    It is closed when the actor is gone, or sends an invalid message.
    """

    def __init__(self, connection: socket.socket, decoder: protocol.Decoder, selector: selectors.BaseSelector) -> None:
        self.ready = False
        """Whether the actor holds its objects and accepts requests."""
        self.closed = False
        self._connection = connection
        self._decoder = decoder
        self._selector = selector
        self._numbers = itertools.count(1)
        self._calls: dict[int, Call] = {}
        """The calls that have no reply yet, by the number of their request."""
        selector.register(connection, selectors.EVENT_READ, self.receive)
        self._resolve_what_has_arrived()

    @property
    def busy(self) -> Call | None:
        """The call that the actor is performing."""
        return next(iter(self._calls.values()), None)

    def send(self, call: Call, request: Request) -> None:
        """Requests a call; its replies resolve it as they arrive. If the actor is gone, the channel is closed."""
        number = next(self._numbers)
        frame = protocol.request(number, request.function, request.args, dict(request.kwargs), request.keep)
        self._calls[number] = call
        try:
            self._connection.sendall(frame)
        except OSError:
            self.close()

    def receive(self) -> None:
        """Reads what has arrived, and resolves the calls that were replied to."""
        try:
            data = self._connection.recv(PIECE)
        except OSError:
            data = b""
        if not data:
            self.close()
            return
        self._decoder.feed(data)
        self._resolve_what_has_arrived()

    def close(self) -> None:
        """Closes the connection. Calls without a reply will never get one."""
        if not self.closed:
            self.closed = True
            self._selector.unregister(self._connection)
            self._connection.close()

    def _resolve_what_has_arrived(self) -> None:
        while not self.closed:
            try:
                number, word, *outcome = self._decoder.next()
            except BlockingIOError:
                return
            except (pickle.UnpicklingError, EOFError, ValueError, LookupError, AttributeError, TypeError):
                self.close()
                return
            if word == protocol.READY:
                self.ready = True
            elif number not in self._calls:
                self.close()
            elif word == protocol.STARTED:
                self._calls[number].announce()
            else:
                self._calls.pop(number).resolve(word, *outcome)


def introduced(
    connection: socket.socket, address: protocol.Address, patience: float
) -> tuple[str, Identity, protocol.Decoder]:
    """Authenticates a connection: the actor shows its secret, and then the judge shows its own.

    Returns the actor's name, its identity, and the decoder, which may have received more data.

    Raises:
        ConnectionError: it does not know the secret, or its introduction is invalid.
        OSError: it is silent for longer than `patience` seconds.
    """
    connection.settimeout(patience)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    expected = address.actor_secret.encode()
    shown = b""
    while len(shown) < len(expected):
        shown += _received(connection, len(expected) - len(shown))
    if not hmac.compare_digest(shown, expected):
        raise ConnectionError("the secret is wrong")
    connection.sendall(address.judge_secret.encode())
    decoder = protocol.Decoder(lambda reference: protocol.Opaque(*reference[1:]))
    while True:
        try:
            name, identity = decoder.next()
            return name, Identity(**identity), decoder
        except BlockingIOError:
            decoder.feed(_received(connection, PIECE))
        except (ValueError, TypeError, pickle.UnpicklingError, EOFError, LookupError) as error:
            raise ConnectionError("the introduction is invalid") from error


def _received(connection: socket.socket, length: int) -> bytes:
    data = connection.recv(length)
    if not data:
        raise ConnectionError("the other end has closed the connection")
    return data
