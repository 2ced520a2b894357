"""What `queuespec measure` has judged processes do: producers and consumers, one of which has the clock.

One process measures a whole transfer by its own clock, since the clocks of two processes may differ: a driver orders
items from its partner, and takes the time until it has the last one. Their queues are `orders`, `items` and, for what
the driver waits for, `acks`. What the limits are measured with has the methods of a queue, too (see
`queuespec.actors.carriage`).

Durations are in seconds, sizes in bytes.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import time
from collections.abc import Callable

from queuespec.actors.carriage import ELSEWHERE, item, mapped, pickler, prepared

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
    ready = prepared(items, value)
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
    value = prepared(items, item(shape, size))

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
