"""Puts an item in an `atexit` handler while a child waits for it; before that, the items that the arguments name."""

import atexit
import sys

from judged import mp


def consume(queue, up, count):
    """Gets this number of items and prints one more."""
    for _ in range(count):
        queue.get()
    up.set()
    print("the child got", queue.get(), flush=True)


def main():
    """Registers the handler once the child has got the earlier items."""
    kind, *earlier = sys.argv[1:]
    queue = getattr(mp, kind)()
    up = mp.Event()
    mp.Process(target=consume, args=(queue, up, len(earlier))).start()
    for item in earlier:
        queue.put(item)
    up.wait()
    atexit.register(queue.put, "last")


if __name__ == "__main__":
    main()
