"""A manager that cannot send an item says nothing at all, and the client waits for ever."""

import threading
from multiprocessing import managers, reduction

BREAKS = {"manager.unsendable-item": "get_or_be_told() was still running after"}


class Silent:
    """A connection of a manager that answers with what can be pickled, or else never."""

    def __init__(self, connection):
        self.recv = connection.recv
        self.close = connection.close
        self.answer = connection.send

    def send(self, message):
        try:
            reduction.ForkingPickler.dumps(message)
        except Exception:
            threading.Event().wait()
        self.answer(message)


class Server(managers.Server):
    def serve_client(self, conn):
        super().serve_client(Silent(conn))


class Manager(managers.SyncManager):
    _Server = Server


def manager(context):
    started = Manager(ctx=context)
    started.start()
    return started
