"""A program with a queue in a global variable, which its child creates again when it imports this module."""

import os
import sys

from judged import mp

kind = os.environ.setdefault("QUEUESPEC_KIND", sys.argv[-1])  # a fork server that imports this has other arguments
queue = getattr(mp, kind)()


def work():
    """Prints a line."""
    print("the child has run", flush=True)


if __name__ == "__main__":
    process = mp.Process(target=work)
    process.start()
    process.join()
