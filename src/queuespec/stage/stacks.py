"""Python stacks of judged processes, which `faulthandler` writes into the output of their process tree."""

from __future__ import annotations

import contextlib
import signal
import time
from typing import TYPE_CHECKING, Callable

if TYPE_CHECKING:
    from queuespec.stage.processes import ProcessTree

LONGEST = 1.0
"""Timeout for a requested stack to be printed, in seconds."""

SETTLED = 0.02
"""Seconds without further output after which a stack is complete."""


def where(tree: ProcessTree, name: str, send_signal: Callable[[int], None] | None = None) -> str:
    """The stacks of a process, most recent call first, after an empty line and its name; empty if there are none.

    The process prints them when it is sent a signal. Without `send_signal`, a timer may have printed them.
    """
    before, stack = tree.written, ""
    if send_signal is None:
        stack = stack_in(tree.output().rpartition("Timeout (")[2])
    else:
        with contextlib.suppress(OSError, AttributeError):  # Windows does not have this signal
            send_signal(signal.SIGUSR2)
    if not stack:
        deadline = time.monotonic() + LONGEST
        if tree.waits_for(lambda: bool(stack_in(tree.output(before))), LONGEST):
            while tree.prints_within(SETTLED) and time.monotonic() < deadline:
                pass
        stack = stack_in(tree.output(before))
    return f"\n\nwhere {name} was:\n{stack}" if stack else ""


def stack_in(output: str) -> str:
    """The lines that `faulthandler` has written, without the frames of the actor itself."""
    ours = tuple(f'{mark}actors{mark}{name}.py"' for mark in "/\\" for name in ("actor", "main", "parent"))
    lines = [line for line in output.splitlines() if line.startswith(("Thread 0x", "Current thread", '  File "'))]
    return "\n".join(line for line in lines if not any(name in line for name in ours))
