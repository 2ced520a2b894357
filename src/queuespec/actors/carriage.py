"""What `queuespec measure` has travel, and what it travels through besides a queue.

An item may be left in a file or in shared memory, so that only its place travels. A link is a pipe with the methods
of a queue. Sizes are in bytes.
"""

from __future__ import annotations

import contextlib
import importlib
import itertools
import os
import tempfile

from queuespec.actors.protocol import MARK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NUMBERS = itertools.count()
"""Of the places of shared memory."""


def item(shape: str, size: int) -> Any:
    """An item whose pickle has about `size` bytes. Raises `ImportError` if it needs a module that is missing."""
    if shape == "ints":
        return [*range(1 << 16, (1 << 16) + size // 5)]
    if shape == "dicts":
        return {f"name {one}": {"number": one, "values": [one, one + 0.5]} for one in range(size // 55)}
    if shape == "array":
        numpy = importlib.import_module("numpy")
        return numpy.arange(size, dtype=numpy.uint8)
    return bytes(size)


def has(module: str) -> bool:
    """Whether this interpreter can import a module."""
    try:
        importlib.import_module(module)
    except ImportError:
        return False
    return True


class Files:
    """A producer leaves each item in a file of its own, whose name travels; the consumer reads and removes it."""

    def __init__(self, data: bytes, number: int) -> None:
        self._data = data

    def sent(self, place: int) -> str:
        """What travels in place of an item."""
        number, name = tempfile.mkstemp()
        with open(number, "wb") as file:
            file.write(self._data)
        return name

    @staticmethod
    def received(name: str) -> bytes:
        """The item."""
        with open(name, "rb") as file:
            data = file.read()
        os.unlink(name)
        return data

    def close(self) -> None:
        """Nothing is left, if all items have been taken."""


class SharedMemory:
    """Producer and consumer map the same memory, with room for all items of a batch; where one is travels.

    It is a file in memory where the system has a place for such files, as `multiprocessing.shared_memory` uses it, but
    that would have resource trackers watch it.
    """

    def __init__(self, data: bytes, number: int) -> None:
        self._data, self._size = data, max(1, len(data))
        self._name = os.path.join(
            "/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir(),
            f"qs-{os.environ.get(MARK, '')}-{os.getpid()}-{next(NUMBERS)}",
        )
        with open(self._name, "xb") as file:
            file.truncate(self._size * number)
        self._memory = self._mapped(self._name)

    @staticmethod
    def _mapped(name: str) -> Any:
        with open(name, "r+b") as file:
            return importlib.import_module("mmap").mmap(file.fileno(), 0)

    def sent(self, place: int) -> tuple[str, int, int]:
        """What travels in place of an item."""
        begin = place * self._size
        self._memory[begin : begin + len(self._data)] = self._data
        return self._name, begin, len(self._data)

    @classmethod
    def received(cls, where: tuple[str, int, int]) -> bytes:
        """The item."""
        name, begin, size = where
        if name not in mapped:
            mapped[name] = cls._mapped(name)
        return bytes(mapped[name][begin : begin + size])

    def close(self) -> None:
        """Removes the memory, as far as the system does while others have it."""
        self._memory.close()
        with contextlib.suppress(OSError):  # Windows does not; the judge removes it with its directory
            os.unlink(self._name)


mapped: dict[str, Any] = {}
"""The memory of another process that this one has mapped, by the names of files."""

ELSEWHERE: dict[str, Any] = {"file": Files, "shared memory": SharedMemory}
"""The shapes of items that do not travel themselves."""


BARE = hasattr(os, "readv")
"""Whether a connection is a file descriptor for `os.write`; elsewhere it sends the bytes itself."""

PIECE = 1 << 14
"""A pickle with fewer bytes is written together with its size."""


class Link:
    """A pipe with the methods of a queue, for two processes: pickles, sends, and nothing else."""

    def __init__(self) -> None:
        connection = importlib.import_module("multiprocessing.connection")
        self._reader, self._writer = connection.Pipe(duplex=False)

    def put(self, value: Any) -> None:
        """Sends a value."""
        self._writer.send(value)

    def get(self) -> Any:
        """Receives a value."""
        return self._reader.recv()


class RawLink(Link):
    """A pipe for the bytes of pickled items: nobody pickles or unpickles them again."""

    @staticmethod
    def prepared(value: Any) -> Any:
        """What is put in place of an item: its pickle."""
        return bytes(pickler()(value))

    def put(self, value: Any) -> None:
        """Writes the bytes, and their number before them."""
        if not BARE:
            self._writer.send_bytes(value)
            return
        view = memoryview(len(value).to_bytes(8, "big") + value if len(value) < PIECE else value)
        if len(value) >= PIECE:
            os.write(self._writer.fileno(), len(value).to_bytes(8, "big"))
        while view:
            view = view[os.write(self._writer.fileno(), view) :]

    def get(self) -> Any:
        """Reads the bytes."""
        return self._exactly(int.from_bytes(self._exactly(8), "big")) if BARE else self._reader.recv_bytes()

    def _exactly(self, size: int) -> bytearray:
        data = bytearray(size)
        view = memoryview(data)
        while view:
            view = view[os.readv(self._reader.fileno(), [view]) :]
        return data


class OutOfBandLink(Link):
    """A pipe to which the buffers of an item are written as they are, and not copied into its pickle (PEP 574)."""

    def put(self, value: Any) -> None:
        """Sends the pickle of a value and, after it, its buffers."""
        buffers: list[Any] = []
        pickled = importlib.import_module("pickle").dumps(value, 5, buffer_callback=buffers.append)
        self._writer.send((pickled, len(buffers)))
        for buffer in buffers:
            self._writer.send_bytes(buffer.raw())

    def get(self) -> Any:
        """Receives a value, whose buffers are the bytes that were received."""
        pickled, number = self._reader.recv()
        buffers = [self._reader.recv_bytes() for _ in range(number)]
        return importlib.import_module("pickle").loads(pickled, buffers=buffers)


def link() -> Link:
    """A new `Link`."""
    return Link()


def raw_link() -> RawLink:
    """A new `RawLink`."""
    return RawLink()


def out_of_band_link() -> OutOfBandLink:
    """A new `OutOfBandLink`."""
    return OutOfBandLink()


def pickler() -> Any:
    """What pickles an item as a queue does."""
    return importlib.import_module("multiprocessing.reduction").ForkingPickler.dumps


def prepared(queue: Any, value: Any) -> Any:
    """What is put into this queue in place of an item: the item, unless a limit wants its pickle."""
    prepare = getattr(type(queue), "prepared", None)
    return value if prepare is None else prepare(value)
