"""Shares a queue with a child and prints a list of the inode numbers of the files that hold its semaphores."""

import json
import os
import sys

from judged import mp, not_applicable


def echo(queue, answers):
    """Gets an item and sends it back."""
    answers.put(queue.get())


def refuse_if_hidden():
    """Ends this program without a verdict if the system does not show its semaphores."""
    if not (os.path.isfile("/proc/self/maps") and os.path.isdir("/dev/shm")):
        not_applicable("semaphores cannot be listed here")


def inodes():
    """The inode numbers of the shared memory files that this process has mapped."""
    with open("/proc/self/maps", errors="replace") as maps:
        return {int(line.split()[4]) for line in maps if " /dev/shm/" in line}


def main():
    """Passes an item through both queues and prints the inode numbers."""
    refuse_if_hidden()
    queue, answers = (getattr(mp, sys.argv[1])() for _ in range(2))
    child = mp.Process(target=echo, args=(queue, answers))
    child.start()
    queue.put("item")
    answers.get()
    child.join()
    print("found", json.dumps(sorted(inodes())), flush=True)


if __name__ == "__main__":
    main()
