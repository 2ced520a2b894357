"""Closes a queue that no other process has while its item is on its way, and says when that has an end."""

import sys
import threading

from judged import mp

begun, opening = threading.Event(), threading.Event()


class Late:
    """Is pickled when the queue has been closed."""

    def __reduce__(self):
        begun.set()
        opening.wait()
        return str, ("late",)


def main():
    queue = getattr(mp, sys.argv[1])()
    putting = threading.Thread(target=queue.put, args=(Late(),))
    putting.start()
    begun.wait()
    queue.close()
    opening.set()
    putting.join()
    queue.join_thread()
    print("closed")


if __name__ == "__main__":
    main()
