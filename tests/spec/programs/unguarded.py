"""A program that starts a process without checking whether it is the main module."""

import sys

from judged import mp


def work(queue):
    """Puts an item."""
    queue.put("from the child")


queue = mp.Queue()
process = mp.Process(target=work, args=(queue,))
process.start()
process.join()
if process.exitcode != 0:
    sys.exit(1)
print(queue.get())
