"""Exits while a child waits; lets the child continue once the exit is waiting for it."""

import atexit
import threading

QUIET = 0.2
gone = threading.Event()
atexit.register(gone.set)  # Exit handlers run in reverse order: this one after those of multiprocessing.

from judged import mp, stretched  # noqa: E402


def wait(queue, up, going):
    """Puts an item once `going` is set."""
    up.set()
    going.wait()
    queue.put("from the child")


def let_go_late(going):
    """Waits for the end of the main thread, prints a line if the exit waits for the child, and lets that continue."""
    threading.main_thread().join()
    if not gone.wait(stretched(QUIET)):
        print("waited for the child", flush=True)
    going.set()


def main():
    """Starts the child and the thread that lets it continue."""
    queue, up, going = mp.Queue(), mp.Event(), mp.Event()
    mp.Process(target=wait, args=(queue, up, going)).start()
    up.wait()
    threading.Thread(target=let_go_late, args=(going,), daemon=True).start()


if __name__ == "__main__":
    main()
