"""Nothing of a run stays on a server that outlives it: neither keys nor connections, however the run ends."""

import contextlib
import os
import signal
import subprocess
import sys

import psutil
import pytest
from runs import META, METHOD, asked, environment
from servers import RedisServer, Server, is_as_before
from watching import ENDS, alone_and_in_parallel

from queuespec.stage import Supervisor

ADAPTERS = META / "implementations" / "on_a_lasting_server.py"
RULES = asked(["get.blocks-when-empty", "order.fifo-in-process", "deliver.child-to-child"], [METHOD])
SERVING = """
import on_a_lasting_server
server = on_a_lasting_server.Server(("127.0.0.1", 0), on_a_lasting_server.on_a_server.KEY).get_server()
print(server.address[1], flush=True)
server.serve_forever()
"""


class LibraryServer(Server):
    """A server of the standard library."""

    adapter = "Adapter"

    def __init__(self, supervisor):
        env = environment(PYTHONPATH=str(ADAPTERS.parent))
        super().__init__(supervisor, [sys.executable, "-c", SERVING], "\n", env)
        self.where = self.program.output().strip()

    def keys(self):
        asking = "import on_a_lasting_server as it; print(it.connected().names()._getvalue())"
        env = environment(PYTHONPATH=str(ADAPTERS.parent), SERVER=self.where)
        return subprocess.run([sys.executable, "-c", asking], env=env, check=True, capture_output=True).stdout.strip()

    def connections(self):
        found = psutil.Process(self.program.pid).net_connections("tcp")
        return [one for one in found if one.status == psutil.CONN_ESTABLISHED]

    nothing = b"[]"


@pytest.fixture(params=[LibraryServer, RedisServer], ids=["library", "redis"])
def server(request):
    """A server that outlives the runs of a test."""
    with contextlib.closing(Supervisor()) as supervisor:
        yield request.param(supervisor)


@pytest.fixture
def judged(run, server):
    """Starts a run that judges a queue on the server."""

    def start(*options, parallel, adapter=server.adapter, **env):
        name = f"{ADAPTERS}:{adapter}"
        return run("--implementation", name, *options, parallel=parallel, env={"SERVER": server.where, **env})

    return start


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
