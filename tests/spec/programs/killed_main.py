"""A main program that is killed, and a client that looks for its manager afterward."""

import json
import os
import signal
import subprocess
import sys
from typing import Any

from judged import mp

KEY = b"the key of this manager"


class ServerId:
    """An item that arrives as the id of the manager's process."""

    def __reduce__(self):
        return os.getpid, ()


def be_killed():
    """Starts a manager, prints its address, and kills this process."""
    manager = mp.managers.SyncManager(("127.0.0.1", 0), KEY, ctx=mp)
    manager.start()
    print(json.dumps(manager.address), flush=True)
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


def main():
    """Runs the other main program; prints whether a client can still use its manager, and ends that."""
    started: Any = subprocess.Popen([sys.executable, __file__, "be killed"], stdout=subprocess.PIPE)
    with started as killed:
        host, port = json.loads(killed.stdout.readline())
        killed.wait()
        client = mp.managers.SyncManager((host, port), KEY, ctx=mp)
        try:
            client.connect()
            queue = client.Queue()
            queue.put(ServerId())
            server = queue.get()
        except (EOFError, OSError):
            print("the manager has gone", flush=True)
        else:
            print("the manager is still there", flush=True)
            os.kill(server, signal.SIGTERM)


if __name__ == "__main__":
    if "be killed" in sys.argv:
        be_killed()
    else:
        main()
