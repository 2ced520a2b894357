"""`dask.distributed.Queue`, whose users are tasks on the workers of a cluster.

DASK_SCHEDULER_ADDRESS names the scheduler of the cluster, as for every `Client()`. Without it, a cluster of two worker
processes is started on this machine, and ended with the run. Tasks run on workers of this machine only: they reach the
judge on 127.0.0.1.

A process that creates queues has a client. Each user is a task that secedes from its worker's thread pool, as tasks do
that wait for others, so no task waits for a free thread. A task is a thread of a worker, so it has no exit code, cannot
be killed, and shares the worker's memory with other tasks. The queue has only `put()`, `get()`, `qsize()` and
`close()`. An item is sent to the scheduler before `put()` returns, so there is no buffer. It is to be made of what
msgpack can encode; the documentation promises nothing about other items, which the scheduler has to unpickle.

A task that still waits for a queue when its test is over keeps waiting, since Dask has no means to end it. So the
queues of the test are removed on the scheduler, where whatever waits for one of them gets an exception.
"""

import asyncio
import contextlib
import functools
import itertools
import os
import pickle
import queue
import socket
import tempfile

import distributed
from distributed import Client, LocalCluster, Queue

ADDRESS = "DASK_SCHEDULER_ADDRESS"
MARK = os.environ.get("QUEUESPEC_MARK", "nobody")
CONNECTING = 10
"""Timeout for connecting to the scheduler, in seconds."""

names = itertools.count()


class TimedOut(queue.Empty, queue.Full):
    """What Dask's only exception for timeouts stands for: `queue.Empty` if get() raises it, `queue.Full` if put()."""


def task():
    """What a worker performs. A function that is nested in another one is pickled with its code: the worker knows
    nothing of this module."""

    def user(call):
        import pickle

        import distributed

        distributed.secede()
        target, args = pickle.loads(call)
        target(*args)

    return user


def removal():
    """What the scheduler performs to remove all queues whose names begin in this way; returns how many there were."""

    def removed(prefix, dask_scheduler=None):
        known = dask_scheduler.extensions["queues"]
        ours = [name for name in known.queues if name.startswith(prefix)]
        for name in ours:
            waited_for = known.queues.pop(name)
            known.client_refcount.pop(name, None)
            for waiting in (*waited_for._getters, *waited_for._putters):
                if not waiting.done():
                    waiting.set_exception(RuntimeError(f"{name} was removed"))
        return len(ours)

    return removed


class Task:
    """A task, in place of a process."""

    def __init__(self, submit, target, args):
        self.submit, self.call = submit, pickle.dumps((target, args))

    def start(self):
        self.future = self.submit(self.call)

    def is_alive(self):
        return not self.future.done()

    def join(self, timeout=None):
        with contextlib.suppress(asyncio.TimeoutError):
            self.future.exception(timeout)

    def close(self):
        self.future.release()


class Adapter:
    name, version = "dask.distributed", distributed.__version__
    kinds = ("Queue",)
    start_methods = ("task",)
    lacks = ("put_nowait", "get_nowait", "empty", "full", "join_thread", "cancel_join_thread")
    lacks += ("exit codes", "kill", "processes", "buffer", "pickling")
    exceptions = {asyncio.TimeoutError: TimedOut}
    client = None

    def serve(self):
        if ADDRESS in os.environ:
            yield {}
            return
        with LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            memory_limit=None,
            dashboard_address=None,
            local_directory=tempfile.gettempdir(),
        ) as cluster:
            yield {ADDRESS: cluster.scheduler_address}

    def connect(self):
        if ADDRESS in os.environ:  # else the process tidies, and the cluster has ended with the run
            self.client = Client(os.environ[ADDRESS], timeout=CONNECTING, set_as_default=False)
            hosts = self.client.run(socket.gethostname)
            self.workers = [worker for worker, host in hosts.items() if host == socket.gethostname()]
            if not self.workers:
                raise RuntimeError("no worker of the cluster is on this machine, and others cannot reach the judge")

    def queue(self, kind, owner, maxsize=0):
        return Queue(f"{MARK}-{os.getpid()}-{next(names)}", client=self.client, maxsize=maxsize)

    def sent(self, queue):
        return queue.name

    def received(self, name):
        return Queue(name)

    def process(self, context, target, args, daemon):
        where = {"key": f"{MARK}-{os.getpid()}-{next(names)}", "workers": self.workers, "pure": False}
        return Task(functools.partial(self.client.submit, task(), **where), target, args)

    def tidy(self):
        if self.client is not None:
            self.client.run_on_scheduler(removal(), f"{MARK}-")
