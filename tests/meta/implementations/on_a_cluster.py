"""A queue of a cluster, whose users are tasks that a scheduler starts on its workers."""

import pickle
import subprocess
import sys

import on_a_server

WORKER = "import pickle, sys; target, args = pickle.load(sys.stdin.buffer); target(*args)"


class Task:
    """Stands for a task of Ray or Dask; like them, it starts in a process that knows nothing of queuespec."""

    def __init__(self, target, args):
        self.call = pickle.dumps((target, args))

    def start(self):
        self.worker = subprocess.Popen([sys.executable, "-c", WORKER], stdin=subprocess.PIPE)
        with self.worker.stdin as stream:
            stream.write(self.call)

    def is_alive(self):
        return self.worker.poll() is None

    def join(self, timeout=None):
        try:
            self.worker.wait(timeout)
        except subprocess.TimeoutExpired:
            pass


class Adapter(on_a_server.Adapter):
    name = "on_a_cluster.Client"
    start_methods = ("task",)
    lacks = (*on_a_server.Adapter.lacks, "exit codes", "kill")

    def process(self, context, target, args, daemon):
        return Task(target, args)
