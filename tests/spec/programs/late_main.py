"""A main program that ends before its last item has been pickled."""

import atexit
import sys
import threading

QUIET = 0.2
gone = threading.Event()
atexit.register(gone.set)  # Exit handlers run in reverse order: this one after those of multiprocessing.

from judged import mp  # noqa: E402


class Late:
    """Pickled only after the main thread has ended; prints whether the exit was waiting for it."""

    def __reduce__(self):
        threading.main_thread().join()
        if not gone.wait(QUIET):
            print("pickled before the end", flush=True)
        return str, ("late",)


if __name__ == "__main__":
    queue = getattr(mp, sys.argv[1])()
    queue.put(Late())
