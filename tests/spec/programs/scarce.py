"""Makes queues where there is not enough for them: ``scarce.py KIND WHAT``.

`WHAT` is "descriptors": the process can open no file, and then only a few; or "semaphores": it can write to no file,
and some systems keep a semaphore in one. Another queue, made before, is used meanwhile. Fails if a queue can be made,
or if the process has more resources afterward.
"""

import contextlib
import multiprocessing
import os
import resource
import sys
import threading

from judged import mp, not_applicable
from resources import WAIT, count, settle

ATTEMPTS = 3
LIMIT = 64
"""Maximum number of open files; the process itself needs some twenty."""
FEW = 6
"""As many descriptors are enough to make a queue."""

OURS: set[threading.Thread] = set()
"""The threads that are meant to go on."""


class Limited:
    """Lowers a limit of this process within a `with` statement."""

    def __init__(self, which, limit):
        self.which = which
        self.limit = limit

    def __enter__(self):
        self.before = soft, hard = resource.getrlimit(self.which)
        limits = [self.limit, *(one for one in (soft, hard) if one != resource.RLIM_INFINITY)]
        resource.setrlimit(self.which, (min(limits), hard))

    def __exit__(self, *error):
        resource.setrlimit(self.which, self.before)


def failures(kind):
    """Makes and drops queues; returns how many of them could not be made."""
    failed = 0
    for _ in range(ATTEMPTS):
        try:
            getattr(mp, kind)()
        except OSError:
            failed += 1
        settle(OURS, 0)
    return failed


def use(queue):
    """Passes an item through a queue."""
    queue.put("item")
    if queue.get() != "item":
        raise SystemExit("another item arrived")


def without_descriptors(kind, queue):
    """Returns how many queues failed while no file could be opened; makes more of them while a few could be."""
    with Limited(resource.RLIMIT_NOFILE, LIMIT):
        taken = []
        try:
            while True:
                taken.append(os.open(os.devnull, os.O_RDONLY))
        except OSError:
            pass
        failed = failures(kind)
        use(queue)
        for _ in range(FEW):
            os.close(taken.pop())
            failures(kind)
        for number in taken:
            os.close(number)
    return failed


def without_semaphores(kind, queue):
    """Returns how many queues failed while nothing could be written to a file."""
    context = multiprocessing.get_context("fork")  # its semaphores leave nothing that would have to be removed
    with Limited(resource.RLIMIT_FSIZE, 0):
        with contextlib.suppress(OSError):
            context.Semaphore()
            not_applicable("a semaphore is no file here")
        failed = failures(kind)
        use(queue)
    return failed


WHAT = {"descriptors": without_descriptors, "semaphores": without_semaphores}


def main():
    """Makes queues and counts what they have left behind."""
    kind, what = sys.argv[1:]
    queue = getattr(mp, kind)()
    use(queue)
    OURS.update(threading.enumerate())
    settle(OURS, 0)
    before = count()
    failed = WHAT[what](kind, queue)
    settle(OURS, WAIT)
    after = count()
    if failed < ATTEMPTS:
        raise SystemExit(f"{ATTEMPTS - failed} of {ATTEMPTS} queues were made without {what}")
    more = [f"{after[name] - before[name]} more {name}" for name in before if before[name] != after[name]]
    if more:
        raise SystemExit(f"there are {', '.join(more)} than before")


if __name__ == "__main__":
    main()
