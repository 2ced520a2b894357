"""Adapters of our own for queues on a server judge those on a real one, and nothing of a run stays there."""

import ast
import contextlib
import os
import subprocess
import sys
import time

import psutil
import pytest
import runs
from runs import CHECKOUT, CROSS_SECTION, METHOD, asked, environment
from servers import LONG, RedisServer, Server, is_as_before

from queuespec.stage import Supervisor

REMOTE = CHECKOUT / "src" / "queuespec" / "implementations" / "remote_manager.py"
RULES = asked(CROSS_SECTION, [METHOD])


class Yarqueue(RedisServer):
    """The queues of `--implementation redis`."""

    implementation = "redis"

    def __init__(self, supervisor):
        super().__init__(supervisor, ("redis", "yarqueue"))
        self.env = {"REDIS_URL": f"unix://{self.where}"}


class Remote(Server):
    """The server of `--implementation remote-manager`, started by somebody else."""

    implementation = "remote-manager"
    nothing = ()

    def __init__(self, supervisor):
        key = {"REMOTE_MANAGER_KEY": "a key"}
        super().__init__(supervisor, [runs.judged_python, str(REMOTE), "127.0.0.1:0"], "\n", key)
        self.env = {"REMOTE_MANAGER": self.program.output().strip(), **key}

    def keys(self):
        asking = f"import runpy; it = runpy.run_path({str(REMOTE)!r}); "
        asking += "print([*it['Adapter']().manager().queues().keys()])"
        words = [sys.executable, "-c", asking]
        return ast.literal_eval(
            subprocess.run(words, env=environment(**self.env), check=True, stdout=-1).stdout.decode()
        )

    def connections(self):
        found = psutil.Process(self.program.pid).net_connections("tcp")
        return [one for one in found if one.status == psutil.CONN_ESTABLISHED]


@pytest.fixture(params=[Yarqueue, Remote], ids=["redis", "remote-manager"])
def server(request):
    """A server that outlives the runs of a test."""
    with contextlib.closing(Supervisor()) as supervisor:
        yield request.param(supervisor)


def test_queues_on_a_server_are_judged(judge, server):
    run = judge("--implementation", server.implementation, *RULES, env=server.env)

    assert run.status == 0, run.output
    assert run.words("get.blocks-when-empty") >= {"conforms"}
    assert run.words("deliver.child-to-child") >= {"conforms"}
    assert is_as_before(server)


@pytest.mark.skipif(os.name != "posix", reason="Windows ends processes without signals")
def test_a_judge_that_is_killed_leaves_nothing(run, server):
    watched = run("--implementation", server.implementation, *RULES, parallel=True, env=server.env)
    deadline = time.monotonic() + LONG
    while not server.keys():
        assert time.monotonic() < deadline
        assert watched.process.poll() is None

    watched.process.kill()

    watched.is_gone()
    assert is_as_before(server)


def test_a_server_of_our_own_ends_with_the_run(run):
    watched = run("--implementation", "remote-manager", *RULES, parallel=False)

    watched.is_gone()
    assert watched.process.returncode == 0


@pytest.mark.parametrize(
    ("name", "env", "sentence"),
    [
        ("redis", {"REDIS_URL": ""}, "start redis-server, and set REDIS_URL to its address, such as redis://"),
        ("redis", {"REDIS_URL": "redis://127.0.0.1:1"}, "no Redis server answers at redis://127.0.0.1:1: start one"),
        ("redis", {"REDIS_URL": "here"}, "no Redis server answers at here: start one, or correct REDIS_URL"),
        ("remote-manager", {"REMOTE_MANAGER": "127.0.0.1:1"}, "cannot connect to a server at 127.0.0.1:1: start one"),
        ("remote-manager", {"REMOTE_MANAGER": "here"}, "cannot connect to a server at here: start one, or correct"),
    ],
    ids=["redis unnamed", "redis unreachable", "redis misspelled", "manager unreachable", "manager misspelled"],
)
def test_what_to_do_without_a_server(judge, name, env, sentence):
    if name == "redis":
        pytest.importorskip("redis")
        pytest.importorskip("yarqueue")

    run = judge("--implementation", name, *RULES, env=env)

    assert run.status == 4
    assert sentence in run.output
