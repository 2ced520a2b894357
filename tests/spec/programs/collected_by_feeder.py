"""Drops the last reference to a queue in its feeder thread, at one line after another: ``collected_by_feeder.py KIND``.

Prints "the feeder thread waits for itself" if it does not end afterward, and otherwise "it ends at each line".
"""

import gc
import itertools
import os
import sys
import threading
import weakref
from typing import Any

from judged import mp, stretched

WAIT = 1.0
"""Seconds that a feeder thread is given to end after its queue is gone."""

DROPPING = 10.0
"""Seconds that a feeder thread is given to drop its queue, beside whatever else the machine does."""

QUIET = 2.0
"""Seconds after which a feeder thread has gone to sleep before it reached the line."""

SENDING = 4
"""The call depth of a feeder thread's own code: three calls that every thread makes, and one of its own."""


def depth_of(frame):
    """The number of calls that led to this frame, with its own."""
    depth = 0
    while frame is not None:
        depth, frame = depth + 1, frame.f_back
    return depth


def use(kind, line):
    """Makes and uses a queue that only its feeder thread holds when it reaches this line; it drops the queue there.

    Returns the threads that the queue has started, a weak reference to it, and whether one of them reached the line.
    """
    holding: list[Any] = []
    lines_to_go = line
    reached, alone = threading.Event(), threading.Event()
    known = set(threading.enumerate())

    def trace(frame, event, argument):
        nonlocal lines_to_go
        if event == "line":
            lines_to_go -= 1
            if lines_to_go == 0:
                reached.set()
                alone.wait()
                holding.clear()
                gc.collect()
        return trace

    threading.settrace(lambda frame, event, argument: trace if depth_of(frame) == SENDING else None)
    holding.append(getattr(mp, kind)())
    holding[0].put("item")
    threading.settrace(None)
    there = weakref.ref(holding[0])
    was_reached = reached.wait(stretched(QUIET))
    alone.set()
    return set(threading.enumerate()) - known, there, was_reached


def main():
    """Drops queues at one line after another."""
    kind = sys.argv[1]
    for line in itertools.count(1):
        feeders, there, was_reached = use(kind, line)
        if not was_reached:
            print("it ends at each line", flush=True)
            break
        for feeder in feeders:
            feeder.join(stretched(WAIT))
            if there() is not None:
                feeder.join(stretched(DROPPING))
            if feeder.is_alive() and there() is None:
                print("the feeder thread waits for itself", flush=True)
                os._exit(0)


if __name__ == "__main__":
    main()
