"""Nothing of a run stays on a server that outlives it: neither keys nor connections, however the run ends."""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import psutil
import pytest
import runs
from runs import META, METHOD, asked, environment
from watching import ENDS, SHORT, alone_and_in_parallel

ADAPTERS = META / "implementations" / "on_a_lasting_server.py"
RULES = asked(["get.blocks-when-empty", "order.fifo-in-process", "deliver.child-to-child"], [METHOD])
SERVING = """
import on_a_lasting_server
server = on_a_lasting_server.Server(("127.0.0.1", 0), on_a_lasting_server.on_a_server.KEY).get_server()
print(server.address[1], flush=True)
server.serve_forever()
"""
SECONDS = 5.0
"""How long after a run a connection of it may still be there."""


class LibraryServer:
    """A server of the standard library."""

    adapter = "Adapter"

    def __init__(self, directory):
        env = environment(PYTHONPATH=str(ADAPTERS.parent))
        words = [sys.executable, "-c", SERVING]
        self.process = subprocess.Popen(words, env=env, stdout=subprocess.PIPE, cwd=directory, text=True)
        self.where = self.process.stdout.readline().strip()

    def keys(self):
        asking = "import on_a_lasting_server as it; print(it.connected().names()._getvalue())"
        env = environment(PYTHONPATH=str(ADAPTERS.parent), SERVER=self.where)
        return subprocess.run([sys.executable, "-c", asking], env=env, check=True, capture_output=True).stdout.strip()

    def connections(self):
        found = psutil.Process(self.process.pid).net_connections("tcp")
        return [one for one in found if one.status == psutil.CONN_ESTABLISHED]

    nothing = b"[]"


class RedisServer:
    """A real one."""

    adapter = "OnRedis"

    def __init__(self, directory):
        if shutil.which("redis-server") is None:
            pytest.skip("redis-server is not installed here")
        if importlib.util.find_spec("redis") is None or runs.judged_python != sys.executable:
            pytest.skip("the package redis is not installed here")
        import redis

        self.where = os.path.join(directory, "socket")
        words = ["redis-server", "--port", "0", "--unixsocket", self.where, "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(words, cwd=directory, stdout=subprocess.PIPE, text=True)
        assert any("ready to accept connections" in line.lower() for line in self.process.stdout)
        self.client = redis.Redis(unix_socket_path=self.where)

    def keys(self):
        return self.client.keys("*")

    def connections(self):
        return [one for one in self.client.client_list() if int(one["id"]) != self.client.client_id()]

    nothing = ()


@pytest.fixture(params=[LibraryServer, RedisServer], ids=["library", "redis"])
def server(request):
    """A server that outlives the runs of a test."""
    if os.name != "posix" and request.param is RedisServer:
        pytest.skip("redis-server is not installed here")
    with tempfile.TemporaryDirectory(prefix="s", dir=SHORT) as directory:
        server = request.param(directory)
        try:
            yield server
        finally:
            server.process.kill()
            server.process.communicate()


@pytest.fixture
def judged(run, server):
    """Starts a run that judges a queue on the server."""

    def start(*options, parallel, adapter=server.adapter, **env):
        name = f"{ADAPTERS}:{adapter}"
        return run("--implementation", name, *options, parallel=parallel, env={"SERVER": server.where, **env})

    return start


def is_as_before(server):
    deadline = time.monotonic() + SECONDS
    while server.connections() and time.monotonic() < deadline:
        time.sleep(0.1)
    return (server.connections(), [*server.keys()]) == ([], [*server.nothing])


@alone_and_in_parallel
def test_after_a_green_run(judged, server, parallel):
    watched = judged(*RULES, parallel=parallel)

    watched.is_gone()
    assert watched.process.returncode == 0
    assert is_as_before(server)


@alone_and_in_parallel
def test_after_stages_were_killed_since_the_queue_blocks(judged, server, parallel):
    watched = judged(*RULES, "--patience", "1", parallel=parallel, BLOCKING="yes")

    watched.is_gone()
    assert watched.process.returncode == 1
    assert is_as_before(server)


@pytest.mark.skipif(os.name != "posix", reason="Windows ends processes without signals")
@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.name)
@pytest.mark.parametrize("parallel", [False, True], ids=["alone", "parallel"])
def test_after_a_signal_while_the_queue_blocks(judged, server, parallel, end):
    watched = judged(*RULES, "--patience", "100", parallel=parallel, BLOCKING="yes")
    watched.reaches_a_hang()
    assert [*server.keys()] != [*server.nothing]

    watched.process.send_signal(end)

    watched.is_gone()
    if end == signal.SIGINT:
        assert watched.process.returncode == pytest.ExitCode.INTERRUPTED
    assert is_as_before(server)


@pytest.mark.parametrize("server", [LibraryServer], indirect=True)
def test_a_stage_begins_with_what_one_has_left_that_was_killed(new_stage, server, monkeypatch):
    monkeypatch.setenv("SERVER", server.where)
    killed = new_stage(METHOD, f"{ADAPTERS}:Adapter", tidies=True)
    killed.make_queue("Queue")
    killed.clean = False
    killed.end()
    assert server.keys() != server.nothing

    new_stage(METHOD, f"{ADAPTERS}:Adapter", tidies=True)

    assert server.keys() == server.nothing


@pytest.mark.parametrize("server", [LibraryServer], indirect=True)
def test_what_stays_would_be_seen(judged, server):
    judged(*RULES, parallel=False, adapter="Forgetful").is_gone()

    assert not is_as_before(server)


@pytest.mark.parametrize("server", [LibraryServer], indirect=True)
def test_an_adapter_that_cannot_tidy_says_so(judge, server):
    run = judge("--implementation", f"{ADAPTERS}:Failing", *RULES, env={"SERVER": server.where})

    assert "tidy() of on_a_lasting_server raised OSError('the server is gone')" in run.output
    assert run.words("order.fifo-in-process") & {"not-run"}
