"""A main program that exits although nobody reads what it has put."""

import sys

from judged import mp

LARGE = 2_000_000


if __name__ == "__main__":
    queue = getattr(mp, sys.argv[1])()
    queue.put("it works")
    if queue.get() != "it works":
        raise SystemExit("the queue does not work at all")
    queue.put(bytes(LARGE))
    queue.cancel_join_thread()
