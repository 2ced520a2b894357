"""A program whose `Process` subclass stores its queue as an attribute."""

import sys

from judged import mp


class Worker(mp.Process):
    """A process that puts an item into the queue that it stores."""

    def __init__(self, queue):
        super().__init__()
        self.queue = queue

    def run(self):
        """Puts the item; runs in the new process."""
        self.queue.put("from the worker")


if __name__ == "__main__":
    queue = mp.Queue()
    worker = Worker(queue)
    worker.start()
    worker.join()
    if worker.exitcode != 0:
        sys.exit(1)
    print(queue.get())
