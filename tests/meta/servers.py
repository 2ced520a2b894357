"""Servers that outlive the runs of a test, and what is on them."""

import importlib.util
import os
import shutil
import sys
import time

import runs

from queuespec.stage.processes import ProcessTree

LONG = 60.0
"""Timeout for a server to start, in seconds."""

SECONDS = 5.0
"""How long after a run a connection of it may still be there."""


class Server:
    """A program that ends with its supervisor, which ends with the tests."""

    def __init__(self, supervisor, words, ready, env=None):
        self.program = ProcessTree(words, supervisor, env=env)
        assert self.program.waits_for(lambda: ready in self.program.output(), LONG), self.program.output()


class RedisServer(Server):
    """A real one."""

    adapter = "OnRedis"
    nothing = ()

    def __init__(self, supervisor, packages=("redis",)):
        if shutil.which("redis-server") is None:
            runs.without("redis-server")
        for package in packages:
            if importlib.util.find_spec(package) is None or runs.judged_python != sys.executable:
                runs.without(f"the package {package}")
        import redis

        self.where = os.path.join(supervisor.directory, "socket")
        words = ["redis-server", "--port", "0", "--unixsocket", self.where, "--save", "", "--appendonly", "no"]
        super().__init__(supervisor, [*words, "--dir", supervisor.directory], "eady to accept connections")
        self.client = redis.Redis(unix_socket_path=self.where)

    def keys(self):
        return self.client.keys("*")

    def connections(self):
        return [one for one in self.client.client_list() if int(one["id"]) != self.client.client_id()]


def is_as_before(server):
    deadline = time.monotonic() + SECONDS
    while server.connections() and time.monotonic() < deadline:
        time.sleep(0.1)
    return (server.connections(), [*server.keys()]) == ([], [*server.nothing])
