"""Counts a resource of this process before and after it uses many queues: ``resources.py KIND LIFE RESOURCE``.

`LIFE` is "closed" if the queues are closed and then dropped, "dropped" if they are dropped without being closed, "kept"
if they are closed and not dropped, or "unused" if they are not even used before that. Prints "found" and JSON: the
number of queues, and how many more of the resource there are afterward.
"""

import gc
import json
import multiprocessing
import os
import sys
import threading
import time

import room_for
from judged import mp, not_applicable, stretched

QUEUES = 20
SPARE = 3
"""Number of queues and threads that there has to be room for besides."""
WAIT = 2.0
"""Seconds that the threads of dropped queues are given to end, in total."""


kept: list[object] = []


def descriptors():
    """The open file descriptors of this process, or its handles on Windows; `None` if they cannot be counted."""
    if sys.platform == "win32":
        import ctypes

        number = ctypes.c_ulong()
        kernel = ctypes.windll.kernel32
        kernel.GetCurrentProcess.restype = ctypes.c_void_p
        found = kernel.GetProcessHandleCount(ctypes.c_void_p(kernel.GetCurrentProcess()), ctypes.byref(number))
        return number.value if found else None
    for directory in ("/proc/self/fd", "/dev/fd"):
        if os.path.isdir(directory):
            return len(os.listdir(directory))
    return None


def threads():
    """The number of threads in this process."""
    return threading.active_count()


def semaphores():
    """The semaphores that this process has mapped into its memory; `None` if they cannot be counted."""
    try:
        with open("/proc/self/maps", errors="replace") as maps:
            return sum("/dev/shm/" in line for line in maps) if os.path.isdir("/dev/shm") else None
    except OSError:
        return None


def is_a_descriptor():
    """Whether a semaphore of the system is a file descriptor, as on macOS: close() does not release it then."""
    context = multiprocessing.get_context("fork" if hasattr(os, "fork") else "spawn")
    before = descriptors()
    kept.append(context.Semaphore())
    return descriptors() > before


def echo(queues):
    """Gets an item from each queue and puts it back."""
    for queue in queues:
        queue.put(queue.get())


def use(kind, life):
    """Creates queues, uses them together with a child, and drops or keeps them."""
    queues = [getattr(mp, kind)() for _ in range(QUEUES)]
    if life != "unused":
        pass_items(queues)
    if life != "dropped":
        for queue in queues:
            queue.close()
            if hasattr(queue, "join_thread"):
                queue.join_thread()
    if life in ("kept", "unused"):
        kept.extend(queues)


def pass_items(queues):
    """Passes an item through each queue to a child and back."""
    child = mp.Process(target=echo, args=(queues,))
    child.start()
    for number, queue in enumerate(queues):
        queue.put(number)
    child.join()
    assert [queue.get() for queue in queues] == list(range(QUEUES))


def settle(ours, wait):
    """Waits for the threads of dropped queues to end."""
    deadline = time.monotonic() + stretched(wait)
    for _ in range(3):
        gc.collect()
        for thread in set(threading.enumerate()) - ours:
            thread.join(max(0.0, deadline - time.monotonic()))


def count():
    """The number of each resource in this process, by name; `None` for what cannot be counted."""
    return {"descriptors": descriptors(), "threads": threads(), "semaphores": semaphores()}


def main():
    """Uses queues twice and prints how much more of the resource there is after the second time."""
    kind, life, resource = sys.argv[1:]
    if count()[resource] is None:
        not_applicable(f"the {resource} of a process cannot be counted here")
    if resource == "descriptors" and life in ("kept", "unused") and is_a_descriptor():
        not_applicable("a semaphore is a file descriptor here, and remains until the queue is garbage collected")
    room_for.queues(kind, QUEUES + SPARE)
    room_for.threads(2 * QUEUES + SPARE)  # some systems count those of the child as well
    ours = set(threading.enumerate())
    use(kind, life)  # The first use starts what remains: resource tracker and fork server.
    kept.clear()
    settle(ours, WAIT / 20)
    before = count()[resource]
    use(kind, life)
    settle(ours, WAIT)
    print("found", json.dumps({"queues": QUEUES, resource: count()[resource] - before}), flush=True)


if __name__ == "__main__":
    main()
