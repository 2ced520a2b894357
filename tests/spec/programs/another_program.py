"""A queue that another program serves: two processes of this one meet at it, one after the other."""

import os
import queue
import signal
import subprocess
import sys
import threading
from typing import Any

from judged import mp

KEY = b"the key of this queue"

served: queue.Queue[str] = queue.Queue()


def served_queue():
    """Returns the queue that the other program serves."""
    return served


class Publisher(mp.managers.BaseManager):
    """Registers the queue under the name `jobs`, and the class under the name `Queue`."""


Publisher.register("jobs", callable=served_queue)
Publisher.register("Queue", callable=queue.Queue)


def serve():
    """Serves at a free port, which it prints, until Ctrl-C or the end of its standard input."""
    server = Publisher(("127.0.0.1", 0), KEY, ctx=mp).get_server()
    print(server.address[1], flush=True)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=end_with_standard_input, daemon=True).start()
    server.serve_forever()


def end_with_standard_input():
    """Ends this program when the one that has started it closes its standard input, or ends."""
    sys.stdin.read()
    os._exit(0)


def client(port):
    """Connects to the server."""
    found = Publisher(("127.0.0.1", port), KEY, ctx=mp)
    found.connect()
    return found


def put(port):
    """Puts an item as a process that ends before anybody gets it."""
    client(port).jobs().put("welcome")


def own_queues(port):
    """Has two clients make a queue by the name of the class, and one of them put; returns the size of the other's."""
    one, other = client(port).Queue(), client(port).Queue()
    one.put("mine")
    return other.qsize()


def main():
    """Starts the other program, and uses its queues."""
    started: Any = subprocess.Popen([sys.executable, __file__, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with started as server:
        port = int(server.stdout.readline())
        child = mp.Process(target=put, args=(port,))
        child.start()
        child.join()
        print("the next client got:", client(port).jobs().get_nowait(), flush=True)
        print("in the queue of another client:", own_queues(port), flush=True)
        if "Ctrl-C" in sys.argv:
            server.send_signal(signal.SIGINT)
            print("Ctrl-C ended the server with exit code", server.wait(), flush=True)


if __name__ == "__main__":
    if "serve" in sys.argv:
        serve()
    else:
        main()
