"""A main program that ends in a given way while its queue is in a given state: ``ends_by.py WAY STATE KIND``."""

import atexit
import signal
import sys
import threading

QUIET = 0.2
PUT_SECONDS = 5.0
"""A main thread that has not ended after this time, in seconds, is waiting in put() until its item has been sent."""
gone = threading.Event()
atexit.register(gone.set)  # Exit handlers run in reverse order: this one after those of multiprocessing.

from judged import mp, stretched  # noqa: E402
from ways import WAYS  # noqa: E402

LARGE = 2_000_000
kept: list[object] = []
"""Keeps the queue alive after main() has returned."""


def exit_waits(text):
    """Waits for the end of the main thread; then, if the exit is waiting for something, prints the text.

    A put() that pickles its item itself, or waits until another thread has done that, is as good as such an exit.
    """
    if threading.current_thread() is not threading.main_thread():
        threading.main_thread().join(stretched(PUT_SECONDS))
    if not gone.wait(stretched(QUIET)):
        print(text, flush=True)


class Late:
    """Pickled only after the main thread has ended."""

    def __reduce__(self):
        exit_waits("pickled before the end")
        return str, ("late",)


class Stuck:
    """Pickled immediately by the main thread, in put() itself, and too late by any other thread."""

    def __reduce__(self):
        if threading.current_thread() is not threading.main_thread():
            threading.Event().wait(stretched(PUT_SECONDS))
        return str, ("sent",)


def unused(queue):
    """Nothing was ever put."""


def emptied(queue):
    """An item was put and taken."""
    queue.put("item")
    queue.get()


def unsent(queue):
    """An item is not pickled before the main thread has ended."""
    queue.put(Late())


def first_put_by_thread(queue):
    """A thread puts the first item after the end of the main thread."""
    threading.Thread(target=put_late, args=(queue,)).start()


def put_by_thread(queue):
    """A thread puts another item after the end of the main thread."""
    emptied(queue)
    first_put_by_thread(queue)


def put_late(queue):
    """Puts an item after the end of the main thread."""
    threading.main_thread().join()
    queue.put(Late())


def too_large(queue):
    """An item does not fit into the pipe, and nobody reads it; the exit is interrupted while it waits for a reader."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a program in the background may ignore it
    queue.put(bytes(LARGE))
    threading.Thread(target=interrupt_exit, daemon=True).start()


def interrupt_exit():
    """Interrupts the exit, as Ctrl-C does, until it is over: a signal that arrives between two waits ends neither."""
    exit_waits("the exit waits")
    main_thread = threading.main_thread().ident
    while main_thread is not None and not gone.wait(QUIET):
        signal.pthread_kill(main_thread, signal.SIGINT)


def awaited(queue):
    """A child waits for an item, which it gets once the exit is waiting for the child."""
    emptied(queue)  # starts the feeder thread, which an exit may refuse to start
    begin(consume, queue)
    threading.Thread(target=put_for_child, args=(queue,), daemon=True).start()


def put_for_child(queue):
    """Puts an item once the exit is waiting for the child."""
    exit_waits("the exit waits for the child")
    queue.put("item")


def abandoned(queue):
    """An item has not been pickled when the process ends, and a child waits for that end."""
    begin(outlive, queue)
    queue.put(Stuck())


def begin(role, *args):
    """Starts a child and waits until it runs."""
    up = mp.Event()
    mp.Process(target=role, args=(up, *args)).start()
    up.wait()


def consume(up, queue):
    """Gets an item, and prints it, or that get() raises an exception."""
    up.set()
    try:
        got = queue.get()
    except Exception:
        got = "an error"
    print("the child got", got, flush=True)


def outlive(up, queue):
    """Waits for the end of the parent, and prints what is in the queue then."""
    up.set()
    mp.parent_process().join()
    try:
        got = queue.get(timeout=stretched(QUIET))
    except Exception as error:
        got = type(error).__name__
    print("the orphan got", got, flush=True)


def main():
    """Brings the queue into its state, and ends."""
    way, state, kind = sys.argv[1:]
    place = mp
    if kind.startswith("Manager."):
        place = mp.Manager()
        kind = kind.partition(".")[2]
    queue = getattr(place, kind)()
    kept.extend([place, queue])
    globals()[state](queue)
    WAYS[way]()


if __name__ == "__main__":
    main()
