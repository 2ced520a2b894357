"""Cancels a task that waits in get(), and puts an item; the thread behind the task takes it."""

import asyncio
import concurrent.futures
import sys
import threading
from queue import Empty

from judged import mp


async def cancel_a_get(executor, queue):
    """Cancels the task once its thread is about to call get()."""
    begun = threading.Event()

    def take():
        begun.set()
        return queue.get()

    waiting = asyncio.get_running_loop().run_in_executor(executor, take)
    begun.wait()
    waiting.cancel()


def main():
    """Prints whether the item can still be taken after the thread has gone on to its next job."""
    queue = getattr(mp, sys.argv[1])()
    with concurrent.futures.ThreadPoolExecutor(max_workers=1) as executor:
        asyncio.run(cancel_a_get(executor, queue))
        queue.put("item")
        executor.submit(print, "the thread is free again", flush=True).result()
        try:
            print("in the queue:", queue.get(timeout=0.1), flush=True)
        except Empty:
            print("in the queue: nothing", flush=True)


if __name__ == "__main__":
    main()
