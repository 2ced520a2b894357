"""What the actors of a scenario do: each performs its operations one after another, and records them in a file.

A line is written before an operation begins, and another one after it has ended, each by a single `os.write`: what has
been written survives the death of its process. The judge makes the directory, names the files, and reads them. The
times are nanoseconds of `time.monotonic_ns`, which all processes of a machine share. Where that clock is coarse, an end
is recorded as late as it may have been, so that no operation seems to have ended before another one which it met.

    begin   number, time, call, timeout
    end     number, time, "returned" or "raised", value
"""

from __future__ import annotations

import os
import signal
import threading
import time

from queuespec.actors import holding, protocol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_GRAIN = max(1, int(time.get_clock_info("monotonic").resolution * 1e9))
"""The resolution of the clock, in nanoseconds."""

_now, _write, _sleep, _exit = time.monotonic_ns, os.write, time.sleep, os._exit

NONE = "None"
"""The name of the item that is None."""

LEAST = 8
"""How many items are taken at least, at the end, from a queue that has more than were put."""


class BadItem:
    """An item that cannot be pickled."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __reduce__(self) -> Any:
        raise RuntimeError(f"{self.name} cannot be pickled")


def made(name: str, size: int, bad: bool) -> Any:
    """The item of this name, of plain types unless it is bad."""
    if bad:
        return BadItem(name)
    if name == NONE:
        return None
    return (name, size, _payload(name, size)) if size else name


def _payload(name: str, size: int) -> bytes:
    piece = f"{name} ".encode()
    return (piece * (size // len(piece) + 1))[:size]


def arrived(value: Any) -> Any:
    """What is recorded for a value that a call has returned."""
    if value is None or type(value) in (bool, int, str):
        return value
    if type(value) is BadItem:
        return value.name
    if type(value) in (tuple, list) and len(value) == 3 and type(value[0]) is str and type(value[1]) is int:
        name, size, payload = value
        if type(payload) is bytes and payload == _payload(name, size):
            return name
        return f"damaged: {name} of {size} bytes arrived as {protocol.short_repr(payload, 60)}"
    return protocol.short_repr(value)


def name_of(error: BaseException, call: str) -> str:
    """What is recorded for an exception that a call has raised: of the classes that everybody knows, the nearest."""
    known = [name.rpartition(".")[2] for name in protocol.described(error)["known"]]
    for expected, calls in (("Empty", ("get", "get_nowait")), ("Full", ("put", "put_nowait"))):
        if call in calls and expected in known:
            return expected
    return protocol.name_of(type(error)) if not known or known[0] in ("Exception", "BaseException") else known[0]


class Record:
    """The file of an actor, which exists, open for what follows. Raises `OSError`."""

    def __init__(self, path: str) -> None:
        flags = os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0)
        self._file = os.open(path, flags)

    def performs(self, queue: Any, actor: str, number: int, operation: tuple[str, str, Any, int, bool]) -> Any:
        """Performs an operation and records it; what it is recorded to have returned, in a tuple, or None.

        An operation is its call, the name of its item, its timeout in seconds, the size of its item in bytes, and
        whether that is bad.
        """
        call, item, timeout, size, bad = operation
        args = (made(item, size, bad),) if item else ()
        kwargs = {} if timeout is None else {"timeout": timeout}
        method = _others[call] if call in _others else getattr(queue, call)
        tracing = holding.tracing(actor, number)
        _write(self._file, f"{number} {_now()} {call} {timeout}\n".encode())
        try:
            with tracing:
                value = method(*args, **kwargs)
        except BaseException as error:
            end = _now()
            if isinstance(error, KeyboardInterrupt) and not error.args:
                raise  # the judge has given up, and interrupts this
            self._ends(number, end, "raised", name_of(error, call))
            return None
        end = _now()
        value = arrived(value)
        self._ends(number, end, "returned", value)
        return (value,)

    def _ends(self, number: int, moment: int, outcome: str, value: Any) -> None:
        _write(self._file, f"{number} {moment + _GRAIN} {outcome} {value!a}\n".encode())

    def close(self) -> None:
        """Closes the file."""
        os.close(self._file)


def kill() -> None:
    """Kills this process, as abruptly as the system can."""
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    while True:
        _sleep(1.0)


_others: dict[str, Any] = {
    **dict.fromkeys(("return", "raise", "start"), lambda: None),
    "exit": lambda: _exit(3),
    "kill": kill,
}
"""The operations that are no methods of a queue: the ends of a process, and the start of the children; the judge does
what is done for them, but for the violent ends."""


def ends(how: str) -> None:
    """Ends this process: "exit" or "kill"."""
    _others[how]()


def play(
    queue: Any,
    path: str,
    actor: str,
    operations: list[tuple[str, str, Any, int, bool]],
    first: int = 0,
    moment: int = 0,
    pauses: tuple[float, ...] = (),
) -> None:
    """Performs operations, the first of which has the number `first`; begins at `moment` of the clock, and pauses for
    that many seconds before each."""
    record = Record(path)
    try:
        left = (moment - _now()) / 1e9
        if left > 0:
            _sleep(left)
        for number, operation in enumerate(operations, first):
            if pauses and pauses[number - first]:
                _sleep(pauses[number - first])
            record.performs(queue, actor, number, operation)
    finally:
        record.close()


def take_the_rest(queue: Any, path: str, sure: list[str], seconds: float, most: int, tasks: int) -> None:
    """Gets what is left, until the queue says that it is empty. It waits for the items that are `sure` to be there, for
    `seconds` each; at most `most` items, and some more, are taken. Then it marks tasks as done until that is refused,
    at most `tasks` times."""
    record = Record(path)
    try:
        last = _gets_the_rest(record, queue, {*sure}, seconds, most)
        for number in range(last + 1, last + 1 + tasks):
            if record.performs(queue, "parent", number, ("task_done", "", None, 0, False)) is None:
                return
    finally:
        record.close()


def _gets_the_rest(record: Record, queue: Any, missing: set[str], seconds: float, most: int) -> int:
    """Gets what is left; the number of the last operation, at most."""
    at_once = ("get_nowait", "", None, 0, False) if hasattr(queue, "get_nowait") else None
    waiting = ("get", "", seconds, 0, False)
    number = 0
    for number in range(1, 2 * (most + LEAST), 2):
        if at_once is None and hasattr(queue, "empty"):
            if record.performs(queue, "parent", number - 1, ("empty", "", None, 0, False)) not in (None, (False,)):
                break
            operation: Any = ("get", "", None, 0, False)
        else:
            operation = waiting if missing or at_once is None else at_once
        came = record.performs(queue, "parent", number, operation)
        if came is None:
            break
        missing.discard(NONE if came[0] is None else came[0])
    return number


def release(queue: Any) -> None:
    """Does for a queue what a process does at its end, if the queue has methods for it."""
    for name in ("close", "join_thread"):
        getattr(queue, name, lambda: None)()


def receive_signals() -> None:
    """Lets the signal of the fault ``signal`` call a handler, which does nothing, in the main thread."""
    signal.signal(signal.SIGUSR1, lambda number, frame: None)


def start_no_thread() -> None:
    """Lets the next start of a thread in this process fail, as if the system had no more threads."""
    start = threading.Thread.start

    def refuse(thread: threading.Thread) -> None:
        threading.Thread.start = start  # type: ignore[method-assign]
        raise RuntimeError("can't start new thread")

    threading.Thread.start = refuse  # type: ignore[method-assign, assignment]
