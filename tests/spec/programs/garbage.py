"""Forgets a queue while a child waits for an item that was put into it."""

import gc
import sys
import threading

from judged import mp

opening = threading.Event()


class Late:
    """Is pickled when the queue has been forgotten; arrives as a string."""

    def __reduce__(self):
        opening.wait()
        return str, ("late",)


def consume(queue, up):
    up.set()
    print("the child got", queue.get(), flush=True)


def main():
    before = set(threading.enumerate())
    queue = getattr(mp, sys.argv[1])()
    up = mp.Event()
    child = mp.Process(target=consume, args=(queue, up))
    child.start()
    up.wait()

    queue.put(Late())
    del queue
    gc.collect()
    opening.set()

    feeders = set(threading.enumerate()) - before
    while any(thread.is_alive() for thread in feeders):
        gc.collect()
    child.join()


if __name__ == "__main__":
    main()
