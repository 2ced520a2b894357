"""Prints a line in an `atexit` handler that is registered before a child is started."""

import atexit

from judged import mp


def work(queue):
    """Puts an item."""
    queue.put("from the child")


if __name__ == "__main__":
    queue = mp.Queue()
    atexit.register(print, "the exit hook has run", flush=True)
    process = mp.Process(target=work, args=(queue,))
    process.start()
    queue.get()
    process.join()
