"""What queues take of a judged process: memory in bytes, and file descriptors; None where the system does not say."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys

from queuespec.actors.carriage import item

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


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
