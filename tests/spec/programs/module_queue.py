"""A program with a queue in a global variable, which its child creates again when it imports this module."""

import sys

from judged import mp

queue = getattr(mp, sys.argv[1])()


def work():
    """Prints a line."""
    print("the child has run", flush=True)


if __name__ == "__main__":
    process = mp.Process(target=work)
    process.start()
    process.join()
