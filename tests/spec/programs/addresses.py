"""Managers at a TCP port and at a name: a path, or the name of a pipe on Windows. A child puts an item at each."""

import os
import sys
import tempfile

from judged import mp


def put(queue, item):
    """Puts an item, as a child that has been given the queue."""
    queue.put(item)


def serve(address):
    """Has a child put an item into a queue of a manager at the address; returns the item and the manager's address."""
    with mp.managers.SyncManager(address, ctx=mp) as manager:
        queue = manager.Queue()
        child = mp.Process(target=put, args=(queue, "welcome"))
        child.start()
        child.join()
        return queue.get(), manager.address


def main():
    """Tries any free port, and a name that nothing else has."""
    item, address = serve(("127.0.0.1", 0))
    where = "a port of this host" if address[0] == "127.0.0.1" and address[1] else "another address"
    print("by port:", item, "at", where)
    with tempfile.TemporaryDirectory() as directory:
        name = os.path.join(directory, "m")
        if sys.platform == "win32":
            name = r"\\.\pipe" + "\\" + name.replace("\\", "-").replace(":", "")
        item, address = serve(name)
        print("by name:", item, "at", "this very name" if address == name else "another address")


if __name__ == "__main__":
    main()
