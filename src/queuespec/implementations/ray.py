"""`ray.util.queue.Queue`, whose users are tasks of a Ray cluster.

RAY_ADDRESS names the cluster, as for every `ray.init()`. Without it, a cluster is started on this machine, and ended
with the run; its start takes seconds, so all processes of a run share it. Tasks run on a node of this machine only:
they reach the judge on 127.0.0.1.

The queue is an actor of Ray, a process of its own. A process that creates queues is a driver, and its tasks and actors
end with it, whatever ended it. Each user is a task, which has a worker process to itself while it runs. A task has no
exit code, and no signals are sent to it. The queue has no `close()`, `join_thread()` and `cancel_join_thread()`, and
`put()` returns when the actor has the item, so there is no buffer.
"""

import os
import secrets
import socket
import sys
import tempfile

import ray
from ray.util.queue import Queue
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

ADDRESS = "RAY_ADDRESS"
QUIET = {"log_to_driver": False, "logging_level": "ERROR"}


class Task:
    """A task, in place of a process."""

    def __init__(self, where, target, args):
        self.where, self.call = where, (target, args)

    def start(self):
        def user(target, args):  # nested: it is pickled with its code, since the worker knows nothing of this module
            target(*args)

        self.result = ray.remote(num_cpus=0, max_retries=0, scheduling_strategy=self.where)(user).remote(*self.call)

    def is_alive(self):
        return not self.join(0)

    def join(self, timeout=None):
        return bool(ray.wait([self.result], timeout=timeout)[0])


class Adapter:
    name, version = "ray.util.queue", ray.__version__
    kinds = ("Queue",)
    start_methods = ("task",)
    lacks = ("close", "join_thread", "cancel_join_thread", "exit codes", "kill", "buffer")

    def serve(self):
        if ADDRESS in os.environ:
            yield {}
            return
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))  # or Ray leaves one in ~/.ray
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        ray.init("local", num_cpus=2, include_dashboard=False, _temp_dir=tempfile.gettempdir(), **QUIET)
        access = {name: value for name, value in os.environ.items() if name.startswith("RAY_AUTH_")}
        yield {**access, ADDRESS: ray.get_runtime_context().gcs_address}
        ray.shutdown()

    def connect(self):
        # The directory of a program is on the sys.path of its workers; that of the rules' items is to be, too.
        config = ray.job_config.JobConfig(_py_driver_sys_path=sys.path[:])
        ray.init(os.environ[ADDRESS], job_config=config, **QUIET)
        nodes = [node for node in ray.nodes() if node["Alive"] and node["NodeManagerHostname"] == socket.gethostname()]
        if not nodes:
            raise RuntimeError("no node of the cluster is on this machine, and others cannot reach the judge")
        self.here = NodeAffinitySchedulingStrategy(nodes[0]["NodeID"], soft=False)

    def queue(self, kind, owner, maxsize=0):
        return Queue(maxsize, actor_options={"num_cpus": 0})

    def process(self, context, target, args, daemon):
        return Task(self.here, target, args)
