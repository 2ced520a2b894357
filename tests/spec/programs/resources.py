"""Counts what this process holds, before and after many queues: ``resources.py KIND LIFE``.

`LIFE` is "closed" or "dropped": whether the queues are closed before they are dropped; or "kept": they are closed, and
not dropped. Prints one line of JSON: how
many queues were made, and for each resource how many more there are afterwards, or null where it cannot be counted.
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
"""Seconds that the threads of dropped queues get to end, altogether."""


kept = []


def descriptors():
    """Open file descriptors, or handles on Windows, of this process; None where they cannot be counted."""
    if os.name == "nt":
        import ctypes

        number = ctypes.c_ulong()
        kernel = ctypes.windll.kernel32
        kernel.GetCurrentProcess.restype = ctypes.c_void_p
        found = kernel.GetProcessHandleCount(ctypes.c_void_p(kernel.GetCurrentProcess()), ctypes.byref(number))
        return number.value if found else None
    for folder in ("/proc/self/fd", "/dev/fd"):
        if os.path.isdir(folder):
            return len(os.listdir(folder))
    return None


def threads():
    return threading.active_count()


def semaphores():
    """Semaphores that this process has mapped into its memory; None where that cannot be seen."""
    try:
        with open("/proc/self/maps") as maps:
            return sum("/dev/shm/" in line for line in maps)
    except OSError:
        return None


def echo(queues):
    for queue in queues:
        queue.put(queue.get())


def use(kind, life):
    """Makes queues, uses them together with a child, and lets go of them."""
    queues = [getattr(mp, kind)() for _ in range(QUEUES)]
    child = mp.Process(target=echo, args=(queues,))
    child.start()
    for number, queue in enumerate(queues):
        queue.put(number)
    child.join()
    assert [queue.get() for queue in queues] == list(range(QUEUES))
    child.close()
    if life != "dropped":
        for queue in queues:
            queue.close()
            if hasattr(queue, "join_thread"):
                queue.join_thread()
    if life == "kept":
        kept.extend(queues)


def settle(ours, wait):
    """Waits for the threads of queues that were dropped."""
    deadline = time.monotonic() + wait
    for _ in range(3):
        gc.collect()
        for thread in set(threading.enumerate()) - ours:
            thread.join(max(0.0, deadline - time.monotonic()))


def count():
    return {"descriptors": descriptors(), "threads": threads(), "semaphores": semaphores()}


def main():
    kind, life = sys.argv[1:]
    ours = set(threading.enumerate())
    use(kind, life)  # The first time brings up what stays: trackers and servers.
    settle(ours, WAIT / 10)
    before = count()
    use(kind, life)
    settle(ours, WAIT)
    after = count()
    more = {name: None if before[name] is None else after[name] - before[name] for name in before}
    print(json.dumps({"queues": QUEUES, **more}), flush=True)


if __name__ == "__main__":
    main()
