"""What `queuespec measure` has judged processes do: producers and consumers, one of which has the clock.

One process measures a whole transfer by its own clock, since the clocks of two processes may differ: a driver orders
items from its partner, and takes the time until it has the last one. Their queues are `orders`, `items` and, for what
the driver waits for, `acks`. A `Link` or `RawLink` has the methods of a queue, so the same lines measure the limits.

Durations are in seconds, sizes in bytes.
"""

from __future__ import annotations

import contextlib
import importlib
import itertools
import os
import sys
import tempfile
import time
from collections.abc import Callable

from queuespec.actors.protocol import MARK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

clock = time.perf_counter

ORDINARY = 100
"""Size in bytes of the items of workloads that are not about size."""

FEWEST, MOST = 3, 400
"""How many batches are measured, at least if they are short, and at most."""

ENDLESS = 1000.0
"""A timeout that never ends, in seconds."""

NUMBERS = itertools.count()


# Items


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


# What the limits are measured with

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


def link() -> Link:
    """A new `Link`."""
    return Link()


def raw_link() -> RawLink:
    """A new `RawLink`."""
    return RawLink()


def pickler() -> Any:
    """What pickles an item as a queue does."""
    return importlib.import_module("multiprocessing.reduction").ForkingPickler.dumps


def _prepared(queue: Any, value: Any) -> Any:
    prepare = getattr(type(queue), "prepared", None)
    return value if prepare is None else prepare(value)


# One driver, one partner


def serve(orders: Any, items: Any, acks: Any) -> None:
    """The partner: does what the driver orders, until it orders nothing more."""
    with contextlib.ExitStack() as stack:
        made: dict[tuple[str, int, int], Callable[[int], Any]] = {}
        for what, shape, size, number in iter(orders.get, None):
            if what == "send":
                sent = made.get((shape, size, number))
                if sent is None:
                    sent = made[shape, size, number] = _sender(items, shape, size, number, stack)
                for place in range(number):
                    items.put(sent(place))
            elif what == "echo":
                for _ in range(number):
                    items.put(orders.get())
            elif what == "take":
                for _ in range(number):
                    items.get()
                    acks.put(None)
            elif what == "drain":
                for _ in range(number):
                    items.get()
                acks.put(None)


def _sender(items: Any, shape: str, size: int, number: int, stack: contextlib.ExitStack) -> Callable[[int], Any]:
    """What returns the item to put in each place of a batch."""
    value = item(shape, size)
    if shape in ELSEWHERE:
        place = ELSEWHERE[shape](value, number)
        stack.callback(place.close)
        return place.sent  # type: ignore[no-any-return]
    ready = _prepared(items, value)
    return lambda _: ready


def batches(perform: Callable[[int], float], number: int, seconds: float) -> tuple[int, list[float]]:
    """Performs batches of `number`, or fewer if they take long, for that many seconds.

    Returns the size of a batch, and the duration of each. Smaller ones have warmed up before, and told what to expect.
    """
    one = spent = 0.0
    for warm in (1, max(1, number // 10)):
        begun = clock()
        one = perform(warm) / warm
        spent += clock() - begun
        if one * number > seconds:
            break
    while number > 1 and one * number * FEWEST > 2 * seconds:
        number = max(1, number // 2)
    deadline = clock() + seconds - spent
    found: list[float] = []
    while len(found) < MOST and (not found or clock() < deadline):
        found.append(perform(number))
    return number, found


def transfers(
    orders: Any,
    items: Any,
    acks: Any,
    shape: str,
    size: int,
    number: int,
    seconds: float,
    done: bool = False,
    limited: bool = False,
) -> tuple[int, list[float]]:
    """Batches of items from the partner, from the order to the last item.

    With `done`, each is a task that is done; with `limited`, get() has a timeout, which never ends.
    """
    timeout = (True, ENDLESS) if limited else ()
    received = ELSEWHERE[shape].received if shape in ELSEWHERE else None

    def perform(number: int) -> float:
        begun = clock()
        orders.put(("send", shape, size, number))
        for _ in range(number):
            found = items.get(*timeout)
            if received:
                received(found)
            if done:
                items.task_done()
        if done:
            items.join()
        return clock() - begun

    found = batches(perform, number, seconds)
    while mapped:
        mapped.popitem()[1].close()
    return _to_the_end(orders, found)  # type: ignore[no-any-return]


def _to_the_end(orders: Any, found: Any) -> Any:
    orders.put(None)
    return found


def round_trips(orders: Any, items: Any, acks: Any, seconds: float) -> list[float]:
    """How long each of many small items takes to the partner and back."""

    def perform(number: int) -> list[float]:
        orders.put(("echo", "", 0, number))
        found = []
        for _ in range(number):
            begun = clock()
            orders.put(None)
            items.get()
            found.append(clock() - begun)
        return found

    perform(10)
    deadline, found = clock() + seconds, perform(20)
    while clock() < deadline:
        found += perform(20)
    return _to_the_end(orders, found)  # type: ignore[no-any-return]


def hand_overs(
    orders: Any, items: Any, acks: Any, shape: str, size: int, seconds: float
) -> tuple[list[float], list[float]]:
    """How long each put() takes, and how long until the partner has acknowledged the item."""
    value = _prepared(items, item(shape, size))

    def perform(number: int) -> None:
        orders.put(("take", "", 0, number))
        for _ in range(number):
            begun = clock()
            items.put(value)
            middle = clock()
            acks.get()
            end = clock()
            put.append(middle - begun)
            there.append(end - begun)

    put: list[float] = []
    there: list[float] = []
    perform(2)
    del put[:], there[:]
    deadline = clock() + seconds
    while not put or clock() < deadline:
        perform(5)
    return _to_the_end(orders, (put, there))  # type: ignore[no-any-return]


def hoards(orders: Any, items: Any, acks: Any, number: int, seconds: float) -> list[float]:
    """How long an item takes when `number` of them are put before the first one is taken, for each such batch."""
    value = item("bytes", ORDINARY)
    found: list[float] = []
    deadline = clock() + seconds
    while not found or (clock() < deadline and len(found) < MOST):
        begun = clock()
        for _ in range(number):
            items.put(value)
        orders.put(("drain", "", 0, number))
        acks.get()
        found.append((clock() - begun) / number)
    return _to_the_end(orders, found)  # type: ignore[no-any-return]


# Several producers and consumers


def produce(orders: Any, items: Any, acks: Any, number: int) -> None:
    """Puts items when it gets the order to begin."""
    value = item("bytes", ORDINARY)
    orders.get()
    for _ in range(number):
        items.put(value)


def consume(orders: Any, items: Any, acks: Any, number: int) -> None:
    """Gets its share of the items."""
    for _ in range(number):
        items.get()
    acks.put(None)


def increment(orders: Any, items: Any, acks: Any, loops: int) -> None:
    """Gets the one token, and puts the next number."""
    for _ in range(loops):
        items.put(items.get() + 1)
    acks.put(None)


def direct(orders: Any, items: Any, acks: Any, begins: int, ends: int) -> float:
    """Lets that many producers begin; returns how long it takes until that many consumers have had their share."""
    begun = clock()
    for _ in range(begins):
        orders.put(None)
    for _ in range(ends):
        acks.get()
    return clock() - begun


def count(orders: Any, items: Any, acks: Any, processes: int, loops: int) -> float:
    """Puts the token; returns how long it takes until all have incremented it. Raises `ValueError` for a wrong sum."""
    begun = clock()
    items.put(0)
    for _ in range(processes):
        acks.get()
    end = clock()
    token = items.get()
    if token != processes * loops:
        raise ValueError(f"the token counter is {token} instead of {processes * loops}")
    return end - begun


# Processes


def first_items(loads: str, queue: Any, number: int) -> None:
    """What a new process does: puts items, and ends."""
    if loads:
        loading = importlib.import_module("queuespec.actors.loading")
        implementation = loading.load(loads, os.getcwd())
        if type(queue).__name__ == "Sent":
            queue = implementation.received(queue.what)
    for _ in range(number):
        queue.put(b"")


def nothing() -> None:
    """What a process does that does nothing."""


def start(parent: Any, queue: Any, number: int) -> tuple[float, list[float]]:
    """How long it takes from the making of a process to its first item; and, when it has ended, for each item that is
    there to get."""
    implementation = parent.implementation
    args = (implementation.loads, implementation.sent(queue), number + 1)
    begun = clock()
    process = implementation.process(parent.context, target=first_items, args=args, daemon=True)
    process.start()
    queue.get()
    first = clock() - begun
    process.join()
    found = []
    for _ in range(number):
        begun = clock()
        queue.get()
        found.append(clock() - begun)
    return first, found


def start_nothing(parent: Any) -> float:
    """How long it takes to start a process that does nothing, until it has ended."""
    begun = clock()
    process = parent.context.Process(target=nothing)
    process.start()
    process.join()
    return clock() - begun


# Alone


def alone(what: str, shape: str, size: int, number: int, seconds: float) -> tuple[int, list[float]]:
    """Batches of what one process does by itself: ``pickle`` and unpickle an item, or copy its bytes (``memcpy``); or
    a ``loop``, which shows whether the machine does something else meanwhile."""
    value = item(shape, size)
    if what == "pickle":
        dumps, loads = pickler(), importlib.import_module("pickle").loads

        def once() -> object:
            return loads(dumps(value))
    elif what == "memcpy":
        target, source = memoryview(bytearray(size)), memoryview(value)

        def once() -> object:
            target[:] = source
            return None
    else:

        def once() -> object:
            return sum(range(size))

    def perform(number: int) -> float:
        begun = clock()
        for _ in range(number):
            once()
        return clock() - begun

    return batches(perform, number, seconds)


def clocks(number: int) -> float:
    """How long it takes to read the clock."""
    begun = clock()
    for _ in range(number):
        clock()
    return (clock() - begun) / number


# Memory and descriptors


def resident() -> int | None:
    """Bytes of memory that this process has; None if the system does not say."""
    return _status("VmRSS") or _of_windows("WorkingSetSize")


def peak() -> int | None:
    """The most bytes that this process has had, since `forget_peak` if the system can forget; None if unknown."""
    with contextlib.suppress(ImportError):
        usage = importlib.import_module("resource")
        unit = 1 if sys.platform == "darwin" else 1024
        return _status("VmHWM") or int(usage.getrusage(usage.RUSAGE_SELF).ru_maxrss) * unit
    return _of_windows("PeakWorkingSetSize")


def forget_peak() -> None:
    """Begins to measure the peak anew, where that is possible (Linux, `man 5 proc_pid_clear_refs`)."""
    with contextlib.suppress(OSError), open("/proc/self/clear_refs", "w", encoding="ascii") as file:
        file.write("5")


def _status(name: str) -> int | None:
    with contextlib.suppress(OSError), open("/proc/self/status", encoding="utf-8") as file:
        for line in file:
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) * 1024
    return None


def _of_windows(name: str) -> int | None:
    """A field of PROCESS_MEMORY_COUNTERS (psapi.h)."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        ctypes = importlib.import_module("ctypes")
        kernel = ctypes.WinDLL("kernel32")
        sizes = ("PeakWorkingSetSize", "WorkingSetSize", *"abcdef")

        class Counters(ctypes.Structure):  # type: ignore[name-defined, misc]
            _fields_ = [("cb", ctypes.c_uint32), ("faults", ctypes.c_uint32)] + [
                (one, ctypes.c_size_t) for one in sizes
            ]

        found = Counters(ctypes.sizeof(Counters))
        kernel.GetCurrentProcess.restype = ctypes.c_void_p
        process = ctypes.c_void_p(kernel.GetCurrentProcess())
        if kernel.K32GetProcessMemoryInfo(process, ctypes.byref(found), found.cb):
            return int(getattr(found, name))
    return None


def descriptors() -> int | None:
    """How many file descriptors this process has open; None if the system does not say."""
    for place in ("/proc/self/fd", "/dev/fd"):
        with contextlib.suppress(OSError):
            return len(os.listdir(place))
    return None


def _grown(before: int | None, after: int | None, number: int) -> float | None:
    return None if before is None or after is None else max(0, after - before) / number


def at_rest(parent: Any, kind: str, number: int) -> dict[str, float | None]:
    """What each of that many new queues takes that nobody has used: ``memory`` in bytes, ``descriptors``."""
    kept = [parent.make(kind, (), {})]
    before = resident(), descriptors()
    kept += [parent.make(kind, (), {}) for _ in range(number)]
    after = resident(), descriptors()
    for queue in kept:
        if hasattr(queue, "close") and not hasattr(queue, "_callmethod"):
            queue.close()
    return {name: _grown(*two, number) for name, two in zip(("memory", "descriptors"), zip(before, after))}


def buffered(orders: Any, items: Any, acks: Any, number: int, size: int) -> float | None:
    """How many bytes each of that many different items takes that were put, and that nobody has taken."""
    before = resident()
    for one in range(number):
        items.put(one.to_bytes(4, "big") + bytes(size - 4))
    after = resident()
    orders.put(("drain", "", 0, number))
    acks.get()
    orders.put(None)
    return _grown(before, after, number)


def peak_of(orders: Any, items: Any, acks: Any, size: int) -> float | None:
    """How many bytes this process takes at most while it sends one large item, besides the item itself."""
    value = item("bytes", size)
    before = resident()
    forget_peak()
    items.put(value)
    orders.get()
    return _grown(before, peak(), 1)


def peak_of_taker(orders: Any, items: Any, acks: Any) -> float | None:
    """How many bytes this process takes at most while it receives that item, the item included."""
    before = resident()
    forget_peak()
    found = items.get()
    orders.put(None)
    after = peak()
    del found
    return _grown(before, after, 1)
