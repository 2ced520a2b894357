"""Queues that a `multiprocessing.managers.BaseManager` serves over TCP, as "Using a remote manager" describes.

The server is another program, this file, which keeps a `queue.Queue` for each name that it is asked for. Every process
connects to it by address and key and holds a proxy; what a user is sent are the address and the name. The server starts
with the first queue and ends with the program that made it, unless the environment has the address of another one::

    REMOTE_MANAGER_KEY=secret python remote_manager.py HOST:PORT
    REMOTE_MANAGER=HOST:PORT REMOTE_MANAGER_KEY=secret queuespec --implementation remote-manager

The server unpickles the items, so it runs where their classes can be imported: on the machine of the judge.

A proxy has the methods of `queue.Queue`: no close(), join_thread() or cancel_join_thread(). put() returns when the
server has the item: there is no buffer. Clients cannot start or shut down a manager.
"""

import atexit
import itertools
import multiprocessing
import os
import queue
import secrets
import subprocess
import sys
import threading
from multiprocessing.managers import BaseManager, DictProxy

ADDRESS, KEY = "REMOTE_MANAGER", "REMOTE_MANAGER_KEY"
"""Environment variables."""
MARK = os.environ.get("QUEUESPEC_MARK", "queuespec")

numbers = itertools.count()
queues = {}
"""Of the server, by name."""


def queue_named(name, maxsize, path):
    """The server's queue of this name; `path` has the directories of the modules that its items need."""
    sys.path += [entry for entry in path if entry not in sys.path]
    return queues.setdefault(name, queue.Queue(maxsize))


class Manager(BaseManager):
    """Server and client."""


Manager.register("queue_named", queue_named)
Manager.register("queues", lambda: queues, DictProxy)


def serve(address, key):
    """Serves the queues, and prints where; without an address, at any port, and until standard input ends."""
    set_key(key)
    server = Manager(address or ("127.0.0.1", 0), key.encode()).get_server()
    print(*server.address, sep=":", flush=True)
    if address is None:
        threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    server.serve_forever()


def connected(address):
    """A client of the server at this address."""
    manager = Manager(address, multiprocessing.current_process().authkey)
    manager.connect()
    return manager


def set_key(key):
    """Makes this the key of this process and its children, so that they can send proxies through queues."""
    multiprocessing.current_process().authkey = key.encode()


def address_in(text):
    host, _, port = text.rpartition(":")
    return host, int(port)


class Adapter:
    name = "remote manager"
    kinds = ("Queue", "JoinableQueue", "Manager.Queue", "Manager.JoinableQueue")
    lacks = ("close", "join_thread", "cancel_join_thread", "buffer", "managers", "semaphores")
    address = None

    def __init__(self):
        if ADDRESS in os.environ:
            set_key(os.environ.get(KEY, ""))
            try:
                self.address = address_in(os.environ[ADDRESS])
                connected(self.address)
            except (OSError, EOFError, ValueError, multiprocessing.AuthenticationError) as error:
                what = f"cannot connect to a server at {os.environ[ADDRESS]}: start one, or correct {ADDRESS} and {KEY}"
                raise OSError(f"{what} ({error!r})") from None

    def start(self):
        """Starts a server of our own, and returns its address."""
        key = secrets.token_hex(16)
        set_key(key)
        command = [sys.executable, "-c", f"__import__('runpy').run_path({__file__!r}, run_name='__main__')"]
        pipe = subprocess.PIPE
        server = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env={**os.environ, KEY: key})
        atexit.register(server.communicate)
        return address_in(server.stdout.readline())

    def manager(self, context=None):
        self.address = self.address or self.start()
        return connected(self.address)

    def queue(self, kind, owner, maxsize=0):
        manager = owner if kind.startswith("Manager.") else self.manager()
        return self.named(manager, f"{MARK}-{os.getpid()}-{next(numbers)}", maxsize)

    def named(self, manager, name, maxsize):
        proxy = manager.queue_named(name, maxsize, sys.path)
        proxy.sent = manager.address, name, maxsize
        return proxy

    def sent(self, queue):
        return queue.sent

    def received(self, sent):
        address, name, maxsize = sent
        return self.named(connected(address), name, maxsize)

    def tidy(self):
        if ADDRESS in os.environ:  # a server of our own is about to end
            known = connected(self.address).queues()
            for name in [*known.keys()]:
                if name.startswith(MARK):
                    del known[name]


if __name__ == "__main__":
    home = os.path.dirname(os.path.abspath(__file__))  # whose files have the names of other modules
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != home]
    given = sys.argv[1:]
    serve(address_in(given[0]) if given else None, os.environ[KEY])
