"""A main program that ends while its child still uses a queue of its manager, and that joins the child at its end."""

import atexit
from queue import Empty

from judged import mp, stretched

SECONDS = 5.0
"""How long the child waits for an item when the main program has begun to exit, unless the manager ends first."""


def wait(queue, up, ending):
    """Waits for an item from the moment when the main program exits."""
    queue.qsize()
    up.set()
    ending.wait()
    try:
        queue.get(timeout=stretched(SECONDS))
    except Empty:
        print("the queue was there", flush=True)
    except Exception:
        print("the manager was gone", flush=True)


if __name__ == "__main__":
    manager, has_used, exiting = mp.Manager(), mp.Event(), mp.Event()
    jobs = manager.Queue()
    mp.Process(target=wait, args=(jobs, has_used, exiting)).start()
    has_used.wait()
    atexit.register(exiting.set)
