"""Starts a child with a queue, puts an item, and ends while the child is still starting.

Where a queue is pickled for the child, the child is held up before it unpickles the queue: until the locks of its
parent are gone, which the end of the main program removes, or for `PATIENCE` seconds, or longer on a slow machine.
"""

import pickle
import sys
import time
from multiprocessing.reduction import ForkingPickler

from judged import mp, stretched

PATIENCE = 5.0
kept: dict[str, object] = {}
"""Keeps the lock and the queue alive after main() has returned."""


class HoldsUp:
    """An argument that a spawned child unpickles only after the end of its parent has removed this lock."""

    def __init__(self, lock):
        self.lock = lock

    def __reduce__(self):
        return wait_until_gone, (bytes(ForkingPickler.dumps(self.lock)),)


def wait_until_gone(pickled_lock):
    """Waits until the lock cannot be opened anymore."""
    deadline = time.monotonic() + stretched(PATIENCE)
    while time.monotonic() < deadline:
        try:
            pickle.loads(pickled_lock)
        except FileNotFoundError:
            break
        time.sleep(0.01)  # nothing announces that the name of a semaphore is gone


def consume(_, queue):
    """Prints the item."""
    print("the child got", queue.get(), flush=True)


def main():
    """Exits without a join(), but with a reference to the queue."""
    lock = kept["lock"] = mp.Lock()  # made before the queue, and so removed after it
    queue = kept["queue"] = getattr(mp, sys.argv[1])()
    mp.Process(target=consume, args=(HoldsUp(lock), queue)).start()
    queue.put("the item")


if __name__ == "__main__":
    main()
