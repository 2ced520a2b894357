"""A client that connects again, while it still refers to its first queue, after the manager was started anew."""

import contextlib
import os
import tempfile

from judged import mp

KEY = b"the key of both managers"


def manager_at(address):
    """A manager that has the address, not started or connected yet."""
    return mp.managers.SyncManager(address, KEY, ctx=mp)


def queue_at(address):
    """A new queue of the manager that serves at the address, as any client makes one."""
    client = manager_at(address)
    client.connect()
    return client.Queue()


def connect_twice(address, used, restarted):
    """Uses a queue of the first manager, then makes one in the second; prints whether that can be used."""
    first = queue_at(address)
    first.put("before")
    used.set()
    restarted.wait()
    second = queue_at(address)
    try:
        second.put("after")
    except (EOFError, OSError):
        print("the old connection was used", flush=True)
    else:
        print("a new connection was used", flush=True)


def main():
    """Shuts a manager down while a client holds one of its queues, and starts another one at its address."""
    used, restarted = mp.Event(), mp.Event()
    with tempfile.TemporaryDirectory() as directory:
        address = os.path.join(directory, "m")
        with manager_at(address):
            child = mp.Process(target=connect_twice, args=(address, used, restarted))
            child.start()
            used.wait()
        with contextlib.suppress(FileNotFoundError):  # left by a manager that had to be terminated
            os.unlink(address)
        with manager_at(address):
            restarted.set()
            child.join()


if __name__ == "__main__":
    main()
