"""Makes and uses a queue while others are garbage collected between its lines: ``collected_midway.py KIND LINES``.

Another one is dropped at one of this many lines; the next queue is used while they are dropped a line later. Prints
"round 1", "round 2" and so on, LINES of them.
"""

import sys
import threading

import room_for
from judged import mp

SPARE = 20
"""Queues that are dropped while one is made and used. On macOS, a semaphore takes one of 256 file descriptors."""


def use(kind):
    """Makes a queue, passes an item through it, and drops it."""
    queue = getattr(mp, kind)()
    queue.put("item")
    assert queue.get() == "item"


def use_among_others(kind, first, step):
    """Makes and uses a queue; at the line `first` of every `step` lines, in any thread, another queue is dropped."""
    spare = [getattr(mp, kind)() for _ in range(SPARE)]
    lines = 0

    def trace(frame, event, argument):
        nonlocal lines
        if event == "line":
            lines += 1
            if spare and lines % step == first:
                spare.pop()
        return trace

    threading.settrace(trace)
    sys.settrace(trace)
    try:
        use(kind)
    finally:
        sys.settrace(None)
        threading.settrace(None)
        spare.clear()  # `trace` is a part of a reference cycle, and refers to it


def main():
    """Drops queues at one line after another."""
    kind, step = sys.argv[1], int(sys.argv[2])
    room_for.queues(kind, SPARE + 3)
    use(kind)
    for first in range(step):
        use_among_others(kind, first, step)
        print(f"round {first + 1}", flush=True)


if __name__ == "__main__":
    main()
