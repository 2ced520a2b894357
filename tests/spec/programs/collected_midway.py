"""Makes and uses a queue while others are garbage collected between its lines: ``collected_midway.py KIND``.

Prints "done" at the end.
"""

import sys
import threading

from judged import mp

SPARE = 20
"""Queues that are dropped while one is made and used. On macOS, a semaphore takes one of 256 file descriptors."""

LINES = 50
"""One is dropped at one of this many lines. The next queue is used while they are dropped a line later."""


def use(kind):
    """Makes a queue, passes an item through it, and drops it."""
    queue = getattr(mp, kind)()
    queue.put("item")
    assert queue.get() == "item"


def use_among_others(kind, first):
    """Makes and uses a queue; at the line `first` of every `LINES` lines, in any thread, another queue is dropped."""
    spare = [getattr(mp, kind)() for _ in range(SPARE)]
    lines = 0

    def trace(frame, event, argument):
        nonlocal lines
        if event == "line":
            lines += 1
            if spare and lines % LINES == first:
                spare.pop()
        return trace

    threading.settrace(trace)
    sys.settrace(trace)
    try:
        use(kind)
    finally:
        sys.settrace(None)
        threading.settrace(None)


def main():
    """Drops queues at one line after another."""
    kind = sys.argv[1]
    use(kind)
    for first in range(LINES):
        use_among_others(kind, first)
    print("done", flush=True)


if __name__ == "__main__":
    main()
