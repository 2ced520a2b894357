"""Puts an item in an `atexit` handler while a child waits for it."""

import atexit
import sys

from judged import mp


def consume(queue, up):
    """Gets two items and prints the second one."""
    queue.get()
    up.set()
    print("the child got", queue.get(), flush=True)


def main():
    """Registers the handler once the child has got the first item."""
    queue = getattr(mp, sys.argv[1])()
    up = mp.Event()
    mp.Process(target=consume, args=(queue, up)).start()
    queue.put("first")
    up.wait()
    atexit.register(queue.put, "last")


if __name__ == "__main__":
    main()
