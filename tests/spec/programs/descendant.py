"""Has a process end in a given way, and prints how it ended and what it left: ``descendant.py SCENE WHO WAY KIND``.

``SCENE`` names a function of this program. ``WHO`` is "child", or "grandchild" for a child of a child.
"""

import queue as thread_queue
import sys
import threading

from judged import HOLD_SECONDS, mp, stretched
from ways import WAYS

QUIET = 0.2
SENT_SECONDS = 5.0
"""Timeout for an item that has already been sent, in seconds; only a queue that has lost it needs all of them."""


class HeldBack:
    """An item whose pickling waits for an event, unless put() itself pickles it in the main thread."""

    def __init__(self, event):
        self.event = event

    def __reduce__(self):
        if threading.current_thread() is threading.main_thread():
            self.event.set()
        self.event.wait(HOLD_SECONDS)
        return str, ("item",)


def started(target, *args):
    """A process that runs the function."""
    process = mp.Process(target=target, args=args)
    process.start()
    return process


def put_held_back(queue, up, going, way):
    """Puts an item that is held back until the second event is set, and ends."""
    up.set()
    queue.put(HeldBack(going))
    WAYS[way]()


def put_when(queue, up, going):
    """Puts an item once the second event is set."""
    up.set()
    going.wait(HOLD_SECONDS)
    queue.put("item")


def leave_behind(queue, up, going, way):
    """Starts a process that puts an item later, and ends without it."""
    started(put_when, queue, up, going)
    up.wait()
    WAYS[way]()


def watch(process, up, going):
    """Lets a process go on that is waiting for the second event at its end, and prints how it ended."""
    while not up.wait(QUIET) and process.is_alive():
        pass
    process.join(stretched(QUIET))
    if process.exitcode is None or going.is_set():
        print("its end waits", flush=True)
    going.set()
    process.join()
    print("it ended with exit code", process.exitcode, flush=True)


def flushes(queue, way):
    """A process ends with an item that has not been pickled."""
    up, going = mp.Event(), mp.Event()
    watch(started(put_held_back, queue, up, going, way), up, going)


def awaits(queue, way):
    """A process ends before its own child has put an item."""
    up, going = mp.Event(), mp.Event()
    watch(started(leave_behind, queue, up, going, way), up, going)


def is_outlived(queue, way):
    """A process ends without any cleanup, and its own child puts an item afterward."""
    up, going = mp.Event(), mp.Event()
    process = started(leave_behind, queue, up, going, way)
    process.join()
    print("it ended with exit code", process.exitcode, flush=True)
    going.set()


def main():
    """Plays the scene in this process or in a child, and prints the item that is in the queue afterward."""
    scene, who, way, kind = sys.argv[1:]
    queue = getattr(mp, kind)()
    if who == "child":
        globals()[scene](queue, way)
    else:
        started(globals()[scene], queue, way).join()
    try:
        got = queue.get(timeout=HOLD_SECONDS if scene == "is_outlived" else stretched(SENT_SECONDS))
        print("the queue contains", got, flush=True)
    except thread_queue.Empty:
        print("the queue contains nothing", flush=True)


if __name__ == "__main__":
    main()
