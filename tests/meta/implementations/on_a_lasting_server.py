"""Queues on servers that outlive the run: what is left there stays, unless tidy() removes it.

The variable SERVER says where the server is. If BLOCKING is set, get() never returns.
"""

import itertools
import os
import pickle
import queue
import tempfile
import threading
from pathlib import Path

import on_a_server

MARK = os.environ.get("QUEUESPEC_MARK", "")
NUMBERS = itertools.count()


class Server(on_a_server.Server):
    """The standard library's."""


def names():
    return [*on_a_server.queues]


def remove(mark):
    for name in [name for name in names() if mark in name]:
        on_a_server.queues.pop(name)


Server.register("names", names)
Server.register("remove", remove)


def connected():
    server = Server(("127.0.0.1", int(os.environ["SERVER"])), on_a_server.KEY)
    server.connect()
    return server


def block_if_asked():
    if os.environ.get("BLOCKING"):
        Path(tempfile.gettempdir(), "called").touch()
        lock = threading.Lock()
        lock.acquire()
        lock.acquire()


class Client(on_a_server.Client):
    def get(self, block=True, timeout=None):
        block_if_asked()
        return super().get(block, timeout)


class Forgetful(on_a_server.Adapter):
    name = "on_a_lasting_server"
    tidy = property()  # it has none

    def queue(self, kind, owner, maxsize=0):
        return Client(("127.0.0.1", int(os.environ["SERVER"])), f"{MARK} {next(NUMBERS)}", maxsize)

    def received(self, given):
        return Client(*given)


class Adapter(Forgetful):
    def tidy(self):
        connected().remove(MARK)


class Failing(Forgetful):
    def tidy(self):
        raise OSError("the server is gone")


class RedisQueue:
    def __init__(self, name):
        import redis

        self.name = name
        self.client = redis.Redis(unix_socket_path=os.environ["SERVER"])

    def put(self, obj, block=True, timeout=None):
        self.client.rpush(self.name, pickle.dumps(obj))

    def get(self, block=True, timeout=None):
        block_if_asked()
        found = self.client.blpop([self.name], timeout or 0) if block else self.client.lpop(self.name)
        if found is None:
            raise queue.Empty
        return pickle.loads(found[1] if block else found)


class OnRedis:
    name = "on_redis"
    lacks = (*on_a_server.Adapter.lacks, "maxsize", "empty", "qsize")

    def queue(self, kind, owner):
        made = RedisQueue(f"{MARK} {next(NUMBERS)}")
        made.client.set(f"{made.name} exists", "yes")  # Redis has no empty lists
        return made

    def sent(self, queue):
        return queue.name

    def received(self, name):
        return RedisQueue(name)

    def tidy(self):
        with RedisQueue("").client as client:
            for key in client.keys(f"{MARK}*"):
                client.delete(key)
