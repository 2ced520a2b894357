"""Processes count together using only a value that circulates through a queue."""

import os
import sys

from judged import mp


def count(queue, loops):
    """Takes the value out of the queue, adds one, and puts it back, `loops` times."""
    for _ in range(loops):
        value = queue.get()
        queue.put(value + 1)
    os.write(1, f"process {os.getpid()} has finished\n".encode())


if __name__ == "__main__":
    processes, loops = map(int, sys.argv[1:])
    queue = mp.Queue()
    queue.put(0)
    workers = [mp.Process(target=count, args=(queue, loops)) for _ in range(processes)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print("the counter is", queue.get())
