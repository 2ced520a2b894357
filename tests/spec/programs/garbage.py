"""Drops its only reference to a queue while a child, or nobody, waits for an item from it."""

import gc
import sys
import threading

from judged import mp, stretched

PUT_SECONDS = 5.0
"""Seconds after which put() must be waiting until its item has been pickled; the item is then released."""

REST = 0.05
"""Seconds between two collections, in which the feeder thread goes on."""

opening = threading.Event()


class Late:
    """Pickled only after the last reference to the queue is gone, unless put() pickles it; arrives as a string."""

    def __reduce__(self):
        if threading.current_thread() is not threading.main_thread():
            opening.wait()
        return str, ("late",)


def consume(queue, up):
    """Gets the item and prints it."""
    up.set()
    print("child got", queue.get(), flush=True)


def main():
    """Puts an item, drops the queue, lets the item be pickled, and waits until the feeder thread has ended."""
    kind, reader = sys.argv[1:]
    queue = getattr(mp, kind)()
    if reader == "child":
        up = mp.Event()
        child = mp.Process(target=consume, args=(queue, up))
        child.start()
        up.wait()
    before = set(threading.enumerate())

    giving_up = threading.Timer(stretched(PUT_SECONDS), opening.set)
    giving_up.start()
    queue.put(Late())
    giving_up.cancel()
    giving_up.join()
    del queue
    gc.collect()
    opening.set()

    feeders = set(threading.enumerate()) - before
    if reader == "child":
        child.join()
        del child  # the object of a process may refer to its arguments
    for thread in feeders:
        while thread.is_alive():
            gc.collect()
            thread.join(REST)
    if reader == "nobody":
        print("nobody got late")


if __name__ == "__main__":
    main()
