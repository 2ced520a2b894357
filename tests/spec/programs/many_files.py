"""Uses a queue that is created when the process already has more than a thousand open files."""

import os
import queue as thread_queue
import resource
import sys

from judged import HOLD_SECONDS, mp, not_applicable

FILES = 1100
"""More than `select()` can handle."""


def main():
    """Opens the files, passes an item through a new queue, and prints the item."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    enough = 2 * FILES
    if soft != resource.RLIM_INFINITY and soft < enough:
        if hard != resource.RLIM_INFINITY and hard < enough:
            not_applicable(f"a process may have only {hard} open files here")
        resource.setrlimit(resource.RLIMIT_NOFILE, (enough, hard))
    files = [os.open(os.devnull, os.O_RDONLY) for _ in range(FILES)]
    queue = getattr(mp, sys.argv[1])()
    if not queue.empty():
        raise SystemExit("the new queue is not empty")
    queue.put("item")
    if hasattr(queue, "get_nowait"):
        got = queue.get(timeout=HOLD_SECONDS)
        try:
            queue.get_nowait()
        except thread_queue.Empty:
            print("got", got)
    else:
        print("got", queue.get())
    for file in files:
        os.close(file)


if __name__ == "__main__":
    main()
