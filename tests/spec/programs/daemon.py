"""A main program that exits while a daemonic child waits for an item that nobody puts."""

import sys

from judged import mp


def wait(queue, up):
    """Sets the event and waits for an item."""
    up.set()
    queue.get()
    print("the child has ended by itself", flush=True)


def main():
    """Starts the child and returns once it runs."""
    queue = getattr(mp, sys.argv[1])()
    up = mp.Event()
    mp.Process(target=wait, args=(queue, up), daemon=True).start()
    up.wait()


if __name__ == "__main__":
    main()
