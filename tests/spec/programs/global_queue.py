"""A program that keeps its queue in a global variable and does not pass it to its child."""

import queue as thread_queue

from judged import mp

queue = mp.Queue()


def work():
    """Puts an item into the global queue of this process."""
    queue.put("from the child")


if __name__ == "__main__":
    process = mp.Process(target=work)
    process.start()
    process.join()
    try:
        found = queue.get_nowait()
    except thread_queue.Empty:
        found = "nothing"
    print(f"the child ended with {process.exitcode}; in the queue: {found}")
