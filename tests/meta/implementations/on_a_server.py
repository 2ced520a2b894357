"""A queue that a server holds, and that its users reach by an address and a name."""

import itertools
import queue
from multiprocessing.managers import BaseManager

KEY = b"an example"
NUMBERS = itertools.count()
queues = {}


class QueueFull(Exception):
    """Stands for an exception of your library that is not derived from `queue.Full`."""


def queue_named(name, maxsize):
    return queues.setdefault(name, queue.Queue(maxsize))


class Server(BaseManager):
    """Stands for a server such as Redis or RabbitMQ."""


Server.register("queue_named", queue_named)


class Client:
    """Stands for a queue class of yours."""

    def __init__(self, address, name, maxsize):
        self.given = address, name, maxsize
        server = Server(address, KEY)
        server.connect()
        self.proxy = server.queue_named(name, maxsize)

    def put(self, obj, block=True, timeout=None):
        try:
            self.proxy.put(obj, block, timeout)
        except queue.Full as error:
            raise QueueFull(f"{self.given[1]} is full") from error

    def get(self, block=True, timeout=None):
        return self.proxy.get(block, timeout)

    def qsize(self):
        return self.proxy.qsize()

    def empty(self):
        return self.proxy.empty()


class Adapter:
    name = "on_a_server.Client"
    lacks = ("put_nowait", "get_nowait", "full", "close", "join_thread", "cancel_join_thread", "buffer")
    exceptions = {QueueFull: queue.Full}
    server = None

    def queue(self, kind, owner, maxsize=0):
        if self.server is None:
            self.server = Server(("127.0.0.1", 0), KEY)
            self.server.start()
        return Client(self.server.address, f"queue {next(NUMBERS)}", maxsize)

    def sent(self, queue):
        return queue.given

    def received(self, given):
        return Client(*given)

    def tidy(self):
        if self.server is not None:
            self.server.shutdown()
            self.server = None
