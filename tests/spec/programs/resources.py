"""Counts the resources of this process before and after it uses many queues: ``resources.py KIND LIFE``.

`LIFE` is "closed" if the queues are closed and then dropped, "dropped" if they are dropped without being closed, "kept"
if they are closed and not dropped, or "unused" if they are not even used before that. Prints "found" and JSON: the
number of queues and, for each resource, how many more there are afterward, or null if they cannot be counted.
"""

import gc
import json
import os
import sys
import threading
import time

from judged import mp

QUEUES = 20
WAIT = 1.0
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
        with open("/proc/self/maps") as maps:
            return sum("/dev/shm/" in line for line in maps)
    except OSError:
        return None


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
    deadline = time.monotonic() + wait
    for _ in range(3):
        gc.collect()
        for thread in set(threading.enumerate()) - ours:
            thread.join(max(0.0, deadline - time.monotonic()))


def count():
    """The number of each resource in this process, by name; `None` for what cannot be counted."""
    return {"descriptors": descriptors(), "threads": threads(), "semaphores": semaphores()}


def main():
    """Uses queues twice and prints how many more resources there are after the second time."""
    kind, life = sys.argv[1:]
    ours = set(threading.enumerate())
    use(kind, life)  # The first use starts what remains: resource tracker and fork server.
    settle(ours, WAIT / 10)
    before = count()
    use(kind, life)
    settle(ours, WAIT)
    after = count()
    more = {name: None if before[name] is None else after[name] - before[name] for name in before}
    print("found", json.dumps({"queues": QUEUES, **more}), flush=True)


if __name__ == "__main__":
    main()
