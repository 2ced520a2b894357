"""Shows, without queuespec, what the expected deviations of the queues of a remote manager rest on.

``python remote_manager_record.py`` shows each fact, by a server that it starts and ends; the argument `serve` makes it
that server.
"""

import os
import queue
import subprocess
import sys
import threading
from multiprocessing.managers import BaseManager, RemoteError

from showing import SHORT, facts, raised

KEY = b"the key of a record"


class Manager(BaseManager):
    """Server and client."""


Manager.register("new_queue", queue.Queue)


def _serve():
    server = Manager(("127.0.0.1", 0), KEY).get_server()
    print(server.address[1], flush=True)
    server.serve_forever()


class Item:
    """Arrives as the result of a call."""

    def __init__(self, function, *args):
        self.call = function, args

    def __reduce__(self):
        return self.call


def _leave():
    sys.exit()


def put_calls_its_item_item(manager):
    """The first parameter of put() and put_nowait() is named item."""
    made = manager.new_queue()
    for name in ("put", "put_nowait"):
        assert raised(getattr(made, name), obj="a") is TypeError
        getattr(made, name)(item="a")
    assert [made.get(), made.get()] == ["a", "a"]


def maxsize_is_stored(manager):
    """The constructor stores maxsize as it is; put() compares the number of items with it."""
    for maxsize in (None, "3", 1.5, 2**31):
        manager.new_queue(maxsize)
    assert raised(manager.new_queue("3").put, "a") is TypeError


def negative_timeout(manager):
    """get(), and put() of a bounded queue, raise ValueError for a negative timeout."""
    bounded = manager.new_queue(1)
    assert raised(bounded.put, "a", timeout=-1) is ValueError
    assert raised(bounded.get, timeout=-1) is ValueError
    manager.new_queue().put("a", timeout=-1)


def every_queue_is_joinable(manager):
    """There is no separate joinable class: every Queue has task_done() and join()."""
    made = manager.new_queue()
    made.put("a")
    made.get()
    made.task_done()
    made.join()


def queue_with_shutdown(manager):
    """Queue has shutdown()."""
    assert hasattr(manager.new_queue(), "shutdown") is (sys.version_info >= (3, 13))  # where it is expected


def unpickled_in_the_server(manager):
    """An item is unpickled in the server, which pickles it again for get()."""
    made = manager.new_queue()
    made.put(Item(os.getpid))
    assert made.get() == server.pid


def put_raises_what_unpickling_raises(manager):
    """put() raises the error if an item cannot be unpickled, since the server unpickles it."""
    made = manager.new_queue()
    assert raised(made.put, Item(int, "no number")) is RemoteError
    made.put("next")
    assert made.get() == "next"


def thread_and_connection_end(manager):
    """SystemExit ends the thread of the server that unpickles the item, and its connection: put() raises EOFError."""
    if sys.version_info >= (3, 10):  # where it is expected
        assert _raised_in_a_thread(manager.new_queue().put, Item(_leave)) == [EOFError]


def thread_ends_but_not_the_connection(manager):
    """SystemExit ends the thread of the server that unpickles the item, but not its connection: put() waits."""
    if sys.version_info < (3, 10):  # where it is expected
        assert _raised_in_a_thread(manager.new_queue().put, Item(_leave)) == []


def class_without_parameters(manager):
    """The class of a proxy has no __class_getitem__."""
    assert not hasattr(type(manager.new_queue()), "__class_getitem__")


def _raised_in_a_thread(call, *args):
    """A list of that class; empty if the call goes on. A thread has a connection of its own."""
    found = []
    thread = threading.Thread(target=lambda: found.append(raised(call, *args)), daemon=True)
    thread.start()
    thread.join(SHORT)
    return found


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        _serve()
    server = subprocess.Popen([sys.executable, __file__, "serve"], stdout=subprocess.PIPE, text=True)
    try:
        address = "127.0.0.1", int(server.stdout.readline())
        for fact in facts():
            client = Manager(address, KEY)
            client.connect()
            fact(client)
            print(fact.__doc__, flush=True)
    finally:
        server.kill()
        server.communicate()
