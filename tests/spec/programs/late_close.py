"""Closes a queue that no other process holds while an item is being sent, and prints when that has finished."""

import contextlib
import sys
import threading

from judged import mp, stretched

LONG_ENOUGH = 5.0
begun, opening = threading.Event(), threading.Event()


class Late:
    """Pickled only after the queue has been closed."""

    def __reduce__(self):
        begun.set()
        opening.wait()
        return str, ("late",)


def put_late(queue):
    """Puts an item; a queue may refuse it, since it is closed meanwhile."""
    with contextlib.suppress(ValueError):
        queue.put(Late())


def main():
    """Closes the queue while its item is being pickled, and joins all threads."""
    queue = getattr(mp, sys.argv[1])()
    putting = threading.Thread(target=put_late, args=(queue,))
    putting.start()
    begun.wait()
    queue.close()
    opening.set()
    putting.join()
    queue.join_thread()
    for thread in set(threading.enumerate()) - {threading.current_thread()}:
        thread.join(stretched(LONG_ENOUGH))  # A queue may not wait for its threads, which would print something later.
    print("closed")


if __name__ == "__main__":
    main()
