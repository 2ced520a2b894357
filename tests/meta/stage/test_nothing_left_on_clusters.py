"""Clusters: nothing of a run stays on one, whoever has started it and however the run ends."""

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import pytest
import runs
from runs import asked, environment
from watching import ENDS, SHORT

LONG = 30.0
"""How long after a judge was killed a process may still be importing the library, to tidy."""

SECONDS = 20.0
"""How long after a run a cluster may still be noticing that it has ended."""

DASK = """
import json, os, sys
from distributed import Client, LocalCluster

def on_scheduler(own, dask_scheduler):
    queues = dask_scheduler.extensions["queues"].queues
    waiting = sum(len(queue._getters) for queue in queues.values())
    clients = [name for name in dask_scheduler.clients if name.startswith("Client-") and name != own]
    clients = [name for name in clients if not name.startswith("Client-worker-")]  # a worker has one for all its tasks
    return {"queues": len(queues), "waiting": waiting, "tasks": len(dask_scheduler.tasks), "clients": len(clients)}

def on_worker(dask_worker):
    return len(dask_worker.state.tasks)

if __name__ == "__main__":
    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, local_directory=sys.argv[1]
    ) as cluster, Client(cluster) as client:
        print(json.dumps({"DASK_SCHEDULER_ADDRESS": cluster.scheduler_address}), flush=True)
        workers = client.run(os.getpid)
        for line in sys.stdin:
            ended = len({*workers.items()} - {*client.run(os.getpid).items()})
            state = client.run_on_scheduler(on_scheduler, client.id)
            performed = sum(client.run(on_worker).values())
            print(json.dumps({**state, "performed": performed, "workers ended": ended}), flush=True)
"""

RAY = """
import json, os, sys
import psutil, ray
from ray._private import state

os.environ["RAY_AUTH_TOKEN"] = "f" * 64
ray.init("local", num_cpus=2, include_dashboard=False, _temp_dir=sys.argv[1], log_to_driver=False)
ours = ray.get_runtime_context().get_job_id()
found = {"RAY_ADDRESS": ray.get_runtime_context().gcs_address}
print(json.dumps({**found, "RAY_AUTH_TOKEN": "f" * 64, "RAY_AUTH_MODE": "token"}), flush=True)
for line in sys.stdin:
    jobs = [job for job in state.jobs() if job["JobID"] != ours and not job["IsDead"]]
    queues = [actor for actor in state.actors().values() if actor["State"] != "DEAD"]
    names = [" ".join(one.cmdline()) for one in psutil.Process().children(recursive=True)]
    tasks = [name for name in names if name.startswith("ray::") and "user" in name]
    print(json.dumps({"clients": len(jobs), "queues": len(queues), "waiting": len(tasks)}), flush=True)
ray.shutdown()
"""

ELSEWHERE = """
import socket

class Name:
    def __call__(self):
        return "elsewhere"

    def __reduce__(self):
        return eval, ("__import__('socket').gethostname",)

socket.gethostname = Name()
"""

CLUSTERS = {"dask": ("distributed", DASK), "ray": ("ray", RAY)}


class Cluster:
    """A cluster that outlives the runs of a test."""

    def __init__(self, name, directory):
        module, script = CLUSTERS[name]
        self.name = name
        if importlib.util.find_spec(module) is None or runs.judged_python != sys.executable:
            pytest.skip(f"the package {module} is not installed here")
        words = [sys.executable, "-c", script, directory]
        if name == "dask":  # its workers import the main program
            path = os.path.join(directory, "cluster.py")
            with open(path, "w", encoding="utf-8") as file:
                file.write(script)
            words = [sys.executable, path, directory]
        pipe, errors = subprocess.PIPE, os.path.join(directory, "errors.txt")
        with open(errors, "wb") as file:
            env = environment(TMPDIR=directory)
            self.process = subprocess.Popen(words, env=env, stdin=pipe, stdout=pipe, stderr=file, text=True)
        where = self.process.stdout.readline()
        if not where:
            self.close()
            with open(errors, encoding="utf-8") as file:
                raise OSError(f"the cluster has not started: {file.read()[-2000:]}")
        self.where = json.loads(where)

    def state(self):
        self.process.stdin.write("state\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def waits_for(self, condition, seconds):
        deadline = time.monotonic() + seconds
        while not condition(self.state()):
            assert time.monotonic() < deadline, self.state()
            time.sleep(0.1)

    def close(self):
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()


@pytest.fixture(scope="module", params=CLUSTERS)
def cluster(request):
    directory = tempfile.mkdtemp(prefix="c", dir=SHORT)
    try:
        cluster = Cluster(request.param, directory)
        yield cluster
        cluster.close()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def is_as_before(state):
    return not any(state.values())


def test_after_a_run_on_a_cluster_of_somebody_else(run, cluster):
    slugs = ["get.blocks-when-empty", "put.signature", "deliver.child-to-child"]
    watched = run("--implementation", cluster.name, *asked(slugs, ["task"]), parallel=False, env=cluster.where)

    watched.is_gone(LONG)
    assert watched.process.returncode == 0
    cluster.waits_for(is_as_before, SECONDS)


@pytest.mark.skipif(os.name != "posix", reason="Windows ends processes without signals")
@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.name)
def test_after_a_signal_while_a_task_waits(run, cluster, end):
    """The task waits for an item for as long as the quiet time."""
    words = asked(["get.blocks-when-empty"], ["task"])
    words += ["--quiet-time", "1000", "--patience", "60"]
    watched = run("--implementation", cluster.name, *words, parallel=False, env=cluster.where)
    cluster.waits_for(lambda state: state["waiting"] and state["queues"], 120)

    watched.process.send_signal(end)

    watched.is_gone(LONG)
    if end == signal.SIGINT:
        assert watched.process.returncode == pytest.ExitCode.INTERRUPTED
    cluster.waits_for(is_as_before, SECONDS)


def test_a_cluster_of_other_machines_is_one_sentence(judge, cluster, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(ELSEWHERE)
    env = {**cluster.where, "PYTHONPATH": str(tmp_path)}

    run = judge("--implementation", cluster.name, *asked(["get.blocks-when-empty"], ["task"]), env=env)

    assert run.status == 4
    assert "is on this machine, and others cannot reach the judge" in run.output
    cluster.waits_for(is_as_before, SECONDS)
