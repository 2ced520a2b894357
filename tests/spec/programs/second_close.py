"""Uses a queue and closes it, opens files, drops the queue, and prints whether the files are still open."""

import gc
import os
import sys

from judged import mp


def main():
    """Drops a closed queue while files are open, and prints whether they still are."""
    queue = getattr(mp, sys.argv[1])()
    queue.put("used")
    queue.get()
    queue.close()
    if hasattr(queue, "join_thread"):
        queue.join_thread()
    files = [os.open(os.devnull, os.O_RDONLY) for _ in range(4)]
    del queue
    gc.collect()
    try:
        for file in files:
            os.close(file)
    except OSError:
        print("closed by somebody else")
    else:
        print("still open")


if __name__ == "__main__":
    main()
