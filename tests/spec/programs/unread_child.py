"""Exits while a child has more unread data than a pipe holds; reads it once the exit is waiting for that."""

import atexit
import sys
import threading

QUIET = 0.2
gone = threading.Event()
atexit.register(gone.set)  # Exit handlers run in reverse order: this one after those of multiprocessing.

from judged import mp, stretched  # noqa: E402

LARGE = 2_000_000


def produce(queue, up):
    """Puts an item that does not fit into a pipe."""
    up.set()
    queue.put(bytes(LARGE))


def read_late(queue):
    """Waits for the end of the main thread; if the exit then waits for the child, prints a line and gets the item."""
    threading.main_thread().join()
    if not gone.wait(stretched(QUIET)):
        print("the end waits for a reader", flush=True)
        queue.get()


def main():
    """Starts the child and the thread that reads its item late."""
    queue = getattr(mp, sys.argv[1])()
    up = mp.Event()
    mp.Process(target=produce, args=(queue, up)).start()
    up.wait()
    threading.Thread(target=read_late, args=(queue,), daemon=True).start()


if __name__ == "__main__":
    main()
